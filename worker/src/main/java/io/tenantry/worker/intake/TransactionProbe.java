package io.tenantry.worker.intake;

import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.telemetry.OutageProbe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/** Asks the transaction coordinator of Kafka about this worker's transactions, and changes nothing. */
public final class TransactionProbe implements OutageProbe {
    private static final Duration LONGEST_CALL = Duration.ofSeconds(8);

    private final KafkaSettings kafka;
    private final String transactionalId;

    /** Connects with each question. */
    public TransactionProbe(KafkaSettings kafka, String transactionalId) {
        this.kafka = kafka;
        this.transactionalId = transactionalId;
    }

    @Override
    public Answer ask() throws InterruptedException {
        Admin admin = Admin.create(AdminSettings.of(kafka, LONGEST_CALL));
        try {
            var unused = admin.describeTransactions(List.of(transactionalId))
                    .description(transactionalId)
                    .get();
            return new Answer.Back();
        } catch (ExecutionException failure) {
            // It answers, and has forgotten this worker or never knew it.
            return failure.getCause() instanceof TransactionalIdNotFoundException
                    ? new Answer.Back()
                    : new Answer.Away(String.valueOf(failure.getMessage()));
        } finally {
            admin.close(AdminSettings.LONGEST_CLOSE);
        }
    }
}

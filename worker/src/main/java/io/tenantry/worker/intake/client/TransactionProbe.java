package io.tenantry.worker.intake.client;

import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.telemetry.OutageProbe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the transaction coordinator of Kafka about this worker's transactions, and changes nothing. A coordinator that
 * answers is there, also if it refuses to tell: whether it lets this worker publish is seen when there is a result.
 */
public final class TransactionProbe implements OutageProbe {
    private static final Duration LONGEST_CALL = Duration.ofSeconds(8);

    private final KafkaSettings kafka;
    private final String transactionalId;
    private final Duration longestCall;

    /** Connects with each question. */
    public TransactionProbe(KafkaSettings kafka, String transactionalId) {
        this(kafka, transactionalId, LONGEST_CALL);
    }

    TransactionProbe(KafkaSettings kafka, String transactionalId, Duration longestCall) {
        this.kafka = kafka;
        this.transactionalId = transactionalId;
        this.longestCall = longestCall;
    }

    @Override
    public Answer ask() throws InterruptedException {
        Admin admin = Admin.create(AdminSettings.of(kafka, longestCall));
        try {
            var unused = admin.describeTransactions(List.of(transactionalId))
                    .description(transactionalId)
                    .get();
            return new Answer.Back();
        } catch (ExecutionException failure) {
            return afterFailure(failure.getCause());
        } finally {
            admin.close(AdminSettings.LONGEST_CLOSE);
        }
    }

    static Answer afterFailure(@Nullable Throwable cause) {
        boolean answered = cause instanceof TransactionalIdNotFoundException // forgotten, or never known
                || cause instanceof AuthorizationException
                || cause instanceof UnsupportedVersionException;
        return answered ? new Answer.Back() : new Answer.Away(String.valueOf(cause));
    }
}

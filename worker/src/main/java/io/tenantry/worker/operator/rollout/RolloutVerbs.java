package io.tenantry.worker.operator.rollout;

import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.RolloutRequestRef;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.KafkaClients;
import io.tenantry.worker.operator.OperationFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;

/** Publishes verbs, and waits for their answers. For one thread. */
public final class RolloutVerbs {
    /** {@code ce_source} of an operator's requests. */
    public static final String SOURCE = "/tenantry/cli";

    private final KafkaClients kafka;
    private final Interruption interruption;
    private final EventCodec codec = new EventCodec();

    public RolloutVerbs(Access access) {
        this.kafka = access.kafka();
        this.interruption = access.interruption();
    }

    /**
     * Publishes a verb, each time as a new request, and waits for its answer. It is never published if Kafka cannot be
     * read; if this fails after that, the message says that the verb may be executed.
     *
     * @param patience how long to wait for the answer, from when the verb is in Kafka; the wait ends with an interruption
     */
    public VerbAnswer send(RolloutRequested verb, Duration patience)
            throws InvalidSettingsException, OperationFailedException {
        RolloutRequestRef ref = new RolloutRequestRef(UUID.randomUUID().toString(), SOURCE);
        try (VerbAnswerReader answers = VerbAnswerReader.atTheEnd(kafka, ref)) {
            interruption.arm();
            publish(ref, verb);
            return answers.await(patience, interruption);
        }
    }

    private void publish(RolloutRequestRef ref, RolloutRequested verb)
            throws InvalidSettingsException, OperationFailedException {
        EncodedEvent event = codec.encode(
                new Event<>(ref.id(), ref.source(), EventType.ROLLOUT_REQUESTED, Instant.now(), null, verb));
        String topic = Topic.ROLLOUT_REQUESTED.name(kafka.settings().topicPrefix());
        Producer<byte[], byte[]> producer = kafka.producer();
        try {
            producer.send(codec.toBinaryRecord(event, topic)).get();
        } catch (ExecutionException failure) {
            throw failure(topic, failure.getCause() == null ? failure : failure.getCause());
        } catch (KafkaException failure) {
            throw failure(topic, failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationFailedException(
                    "interrupted while the request was published to " + topic + ": it may be executed nevertheless");
        } finally {
            producer.close(KafkaClients.LONGEST_CLOSE);
        }
    }

    private OperationFailedException failure(String topic, Throwable cause) {
        return KafkaClients.failure(
                kafka.settings(),
                "publish to " + topic + ": " + cause.getMessage()
                        + " (if Kafka has it nevertheless, it will be executed: look with `tenantry rollout list`)",
                cause);
    }
}

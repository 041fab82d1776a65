package io.tenantry.worker.operator.request;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.KafkaClients;
import io.tenantry.worker.operator.OperationFailedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/** Publishes requests as an operator's, each with an id of its own. For one thread. */
public final class Requests {
    /** The {@code ce_source} of every request that the command line sends. */
    public static final String SOURCE = "/tenantry/cli";

    private final KafkaClients kafka;
    private final EventCodec codec = new EventCodec();

    public Requests(KafkaClients kafka) {
        this.kafka = kafka;
    }

    /**
     * What Kafka took, and what it did not.
     *
     * @param refused why, by tenant or shared database; these were not sent as far as is known
     */
    public record Report(List<SentRequest> sent, Map<String, String> refused) {
        public Report {
            sent = List.copyOf(sent);
        }
    }

    /**
     * Checks that these topics exist, before anything is sent: a broker may be set to create what a producer names.
     *
     * @throws OperationFailedException if one does not, or Kafka cannot be asked
     */
    public void require(List<String> topics) throws OperationFailedException, InvalidSettingsException {
        Set<String> missing = new HashSet<>(topics);
        Admin admin = kafka.admin();
        try {
            missing.removeAll(admin.listTopics().names().get());
        } catch (ExecutionException failure) {
            throw KafkaClients.failure(
                    kafka.settings(), "list the topics: " + cause(failure).getMessage(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationFailedException("interrupted before anything was sent", interrupted);
        } finally {
            admin.close(KafkaClients.LONGEST_CLOSE);
        }
        if (!missing.isEmpty()) {
            throw new OperationFailedException(
                    "topic " + String.join(", ", missing.stream().sorted().toList())
                            + " does not exist, or may not be seen by this user; nothing was sent: create the topics with"
                            + " `tenantry topics`");
        }
    }

    /** Sends one request for each, all at once, and waits until Kafka has taken them. */
    public Report send(EventType type, List<? extends TenantRequest> requests) throws InvalidSettingsException {
        Topic topic = type.topic();
        Map<String, String> refused = new LinkedHashMap<>();
        List<SentRequest> sent = new ArrayList<>();
        try (Producer<byte[], byte[]> producer = kafka.producer()) {
            List<Sending> sendings = new ArrayList<>();
            for (TenantRequest request : requests) {
                String id = UUID.randomUUID().toString();
                var event = new Event<>(id, SOURCE, type, Instant.now(), null, request);
                var record = codec.toBinaryRecord(
                        codec.encode(event), topic.name(kafka.settings().topicPrefix()));
                try {
                    sendings.add(new Sending(id, request.key(), producer.send(record)));
                } catch (KafkaException failure) {
                    refused.put(request.key(), String.valueOf(failure.getMessage()));
                }
            }
            for (Sending sending : sendings) {
                finish(type, sending, sent, refused);
            }
        }
        return new Report(sent, refused);
    }

    private record Sending(String id, String key, Future<RecordMetadata> acknowledged) {}

    private static void finish(EventType type, Sending sending, List<SentRequest> sent, Map<String, String> refused) {
        try {
            RecordMetadata at = sending.acknowledged().get();
            sent.add(
                    new SentRequest(sending.id(), type.type(), sending.key(), at.topic(), at.partition(), at.offset()));
        } catch (ExecutionException failure) {
            refused.put(sending.key(), String.valueOf(cause(failure).getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            refused.put(sending.key(), "interrupted; it may have been sent");
        }
    }

    private static Throwable cause(ExecutionException failure) {
        return failure.getCause() == null ? failure : failure.getCause();
    }
}

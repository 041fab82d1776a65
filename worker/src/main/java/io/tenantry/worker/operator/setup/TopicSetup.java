package io.tenantry.worker.operator.setup;

import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.intake.client.Topics;
import io.tenantry.worker.operator.KafkaClients;
import io.tenantry.worker.operator.OperationFailedException;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/** Creates the topics that do not exist. */
public final class TopicSetup {
    private TopicSetup() {}

    /**
     * What was done, and what is wrong with the topics.
     *
     * @param done one line for each topic
     * @param faults one line each; empty if a worker can use the topics
     */
    public record Report(List<String> done, List<String> faults) {}

    /**
     * Creates them, and then looks at all.
     *
     * @throws OperationFailedException if Kafka cannot be reached or refuses
     */
    public static Report create(KafkaSettings kafka) throws InvalidSettingsException, OperationFailedException {
        try (Topics topics = new Topics(kafka)) {
            return new Report(topics.create(), topics.faults());
        } catch (Topics.TopicsException failure) {
            throw KafkaClients.failure(kafka, String.valueOf(failure.getMessage()), failure);
        } catch (KafkaException refusal) {
            throw KafkaClients.invalid(refusal);
        }
    }
}

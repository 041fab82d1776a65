package io.tenantry.worker.guarantee;

import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.scenario.Deployment;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

/** A producer whose transactions are aborted: it leaves offsets that are never delivered. */
final class ForeignProducer implements AutoCloseable {
    private final KafkaProducer<String, String> producer;

    ForeignProducer(Deployment deployment) {
        KafkaSettings kafka = deployment.settings().kafka();
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrapServers(),
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        kafka.topicPrefix() + "foreign"),
                new StringSerializer(),
                new StringSerializer());
        producer.initTransactions();
    }

    void begin() {
        producer.beginTransaction();
    }

    /** Waits until the broker has them. */
    void send(TopicPartition partition, int records) {
        for (int i = 0; i < records; i++) {
            var unused = producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), "foreign", "{"));
        }
        producer.flush();
    }

    void abort() {
        producer.abortTransaction();
    }

    @Override
    public void close() {
        producer.close();
    }
}

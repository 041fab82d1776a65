package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.guarantee.CommitProxy.Break;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.settle.Publication;
import io.tenantry.worker.settle.Publisher;
import io.tenantry.worker.settle.Publisher.CommitOutcome;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A producer that does not learn the outcome of its commit is replaced after a time. */
@Tag("guarantee")
@Order(9)
class LongDoubtIT {
    @Test
    void aNewProducerTakesItsPlaceAndTheCommittedOffsetsTell() throws Exception {
        try (SharedDetour detour = SharedDetour.take();
                CommitProxy proxy = new CommitProxy(detour.addresses());
                Deployment deployment = Deployment.create()) {
            deployment.database("users").withTwoTables();
            deployment.withTopics().with("kafka.bootstrap-servers", detour.bootstrapServers());
            KafkaSettings kafka = deployment.settings().kafka();
            Outage outage = new Outage("Kafka", "results wait", Clock.systemUTC(), System::nanoTime, away -> {});
            try (Publisher publisher = new Publisher(
                    kafka,
                    kafka.groupId() + "-doubt",
                    outage,
                    new Meters(new SimpleMeterRegistry()).libraries(),
                    Duration.ofSeconds(1))) {
                publisher.prepare(Topic.TENANT_RESULTS.name(kafka.topicPrefix()));
                Publication publication = publication(kafka);

                proxy.breakNext(Break.SILENCE_BEFORE);
                assertThat(publisher.publish(publication)).isEqualTo(CommitOutcome.IN_DOUBT);
                proxy.away();
                assertThat(publisher.publish(publication))
                        .as("the longest doubt is over")
                        .isEqualTo(CommitOutcome.NOT_COMMITTED);
                proxy.back();

                assertThat(firstAnswer(publisher, publication)).isEqualTo(CommitOutcome.UNKNOWN);
                assertThat(publisher.publish(publication)).isEqualTo(CommitOutcome.COMMITTED);
            }
        }
    }

    private static Publication publication(KafkaSettings kafka) {
        byte[] nothing = "{}".getBytes(StandardCharsets.UTF_8);
        return new Publication(
                List.of(new ProducerRecord<>(Topic.TENANT_RESULTS.name(kafka.topicPrefix()), 0, nothing, nothing)),
                Map.of(
                        new TopicPartition(Topic.TENANT_CREATED.name(kafka.topicPrefix()), 0),
                        new OffsetAndMetadata(1, "")),
                group(kafka));
    }

    /** Of a consumer that is no member: then the broker does not ask for its generation. */
    private static ConsumerGroupMetadata group(KafkaSettings kafka) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", kafka.groupId()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            return consumer.groupMetadata();
        }
    }

    /** The first one that the broker has a part in. */
    private static CommitOutcome firstAnswer(Publisher publisher, Publication publication) {
        CommitOutcome answer = publisher.publish(publication);
        for (int again = 0; again < 5 && answer == CommitOutcome.NOT_COMMITTED; again++) {
            answer = publisher.publish(publication);
        }
        return answer;
    }
}

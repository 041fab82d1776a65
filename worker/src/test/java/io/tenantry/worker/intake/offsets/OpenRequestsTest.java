package io.tenantry.worker.intake.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.telemetry.Meters;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenRequestsTest {
    private static final TopicPartition ONE = new TopicPartition("tenant.created", 1);
    private static final TopicPartition OTHER = new TopicPartition("migration.requested", 1);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong(Duration.ofHours(9).toNanos());
    private final OpenRequests open = new OpenRequests(new Meters(registry).intake(), nanos::get);
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Assignment assignment = new Assignment(
            consumer, new NoListener(), open, new CommittedOffsets(consumer, missing -> {}, System::nanoTime));

    @BeforeEach
    void assign() {
        consumer.assign(List.of(ONE, OTHER));
        assignment.onPartitionsAssigned(List.of(ONE, OTHER));
    }

    @Test
    void countsByPartition() {
        assignment.receive(new Coordinates(ONE, 5));
        assignment.receive(new Coordinates(ONE, 6));
        assignment.receive(new Coordinates(OTHER, 9));

        assertThat(gauge(ONE).value()).isEqualTo(2);
        assertThat(gauge(OTHER).value()).isEqualTo(1);
    }

    @Test
    void aRecordIsCountedOnceHoweverOftenItIsRead() {
        assignment.receive(new Coordinates(ONE, 5));
        assignment.receive(new Coordinates(ONE, 5));

        assertThat(gauge(ONE).value()).isEqualTo(1);
    }

    @Test
    void aRequestIsOpenUntilItsOffsetIsCommitted() {
        assignment.receive(new Coordinates(ONE, 5));
        assignment.receive(new Coordinates(ONE, 7));
        assignment.settle(new Coordinates(ONE, 7));
        assertThat(gauge(ONE).value()).isEqualTo(2);

        assignment.offsetsCommitted(assignment.offsets(Set.of()));
        assertThat(gauge(ONE).value()).isEqualTo(1);

        assignment.settle(new Coordinates(ONE, 5));
        assignment.offsetsCommitted(assignment.offsets(Set.of()));
        assertThat(gauge(ONE).value()).isZero();
    }

    @Test
    void showsTheAgeOfTheOldestOfAllPartitions() {
        assertThat(age()).isZero();
        assignment.receive(new Coordinates(OTHER, 9));
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        assignment.receive(new Coordinates(ONE, 5));
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(age()).isEqualTo(7);

        assignment.settle(new Coordinates(OTHER, 9));
        assignment.offsetsCommitted(assignment.offsets(Set.of()));

        assertThat(age()).isEqualTo(2);
    }

    @Test
    void nothingIsOpenInAPartitionThatWentAway() {
        assignment.receive(new Coordinates(ONE, 5));
        assignment.receive(new Coordinates(OTHER, 5));

        assignment.onPartitionsLost(List.of(ONE));

        assertThat(registry.get("tenantry.open.requests").gauges())
                .extracting(gauge -> gauge.getId().getTag("topic"))
                .containsExactly(OTHER.topic());
        assertThat(open.count(ONE)).isZero();
    }

    @Test
    void nothingIsLeftWhenTheConsumerHasEnded() {
        assignment.receive(new Coordinates(ONE, 5));

        assignment.close();

        assertThat(registry.find("tenantry.open.requests").gauges()).isEmpty();
        assertThat(age()).isZero();
    }

    @Test
    void aPartitionThatWentBackHasNothingOpenFromBefore() {
        assignment.receive(new Coordinates(ONE, 5));
        assignment.settle(new Coordinates(ONE, 5));
        assignment.offsetsCommitted(assignment.offsets(Set.of()));
        assignment.receive(new Coordinates(ONE, 6));

        assignment.receive(new Coordinates(ONE, 2));

        assertThat(gauge(ONE).value()).isEqualTo(1);
    }

    private Gauge gauge(TopicPartition partition) {
        return registry.get("tenantry.open.requests")
                .tags("topic", partition.topic(), "partition", Integer.toString(partition.partition()))
                .gauge();
    }

    private double age() {
        return registry.get("tenantry.oldest.request.age").gauge().value();
    }
}

package io.tenantry.worker.intake.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.tenantry.worker.stack.CapturedLog;
import io.tenantry.worker.stack.ManualClock;
import io.tenantry.worker.telemetry.Health;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommittedOffsetsTest {
    private static final TopicPartition ONE = new TopicPartition("tenant.created", 0);
    private static final TopicPartition OTHER = new TopicPartition("tenant.created", 1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final ManualClock clock = new ManualClock();
    private final RefusingConsumer consumer = new RefusingConsumer();
    private final Health health = new Health();
    private final CommittedOffsets offsets =
            new CommittedOffsets(consumer, missing -> health.set(Health.Condition.OFFSETS, missing), clock::nanoTime);

    @BeforeEach
    void assign() {
        health.ready(true);
        consumer.assign(List.of(ONE, OTHER));
        consumer.commitSync(Map.of(ONE, new OffsetAndMetadata(7)));
        offsets.arrived(List.of(ONE, OTHER));
    }

    @Test
    void readsWhatIsCommittedAndNothingTwice() {
        assertThat(nextOfOne()).isEqualTo(7);
        assertThat(offsets.isUnread(OTHER)).as("it has none").isFalse();
        assertThat(offsets.readUnread()).isEmpty();
        assertThat(health.isReady()).isTrue();
    }

    @Test
    void theWorkerIsNotReadyWhileAnOffsetCannotBeRead() {
        consumer.refuse(new TimeoutException("a transaction is open"));
        offsets.readUnread();

        assertThat(health.conditions()).containsExactly(Health.Condition.OFFSETS);
        assertThat(offsets.size()).isEqualTo(2);
        assertThat(offsets.isUnread(ONE)).isTrue();

        consumer.refuse(null);
        assertThat(offsets.readUnread()).as("before the pause is over").isEmpty();
        clock.advance(LONGEST_PAUSE);
        assertThat(nextOfOne()).isEqualTo(7);
        assertThat(health.isReady()).isTrue();
        assertThat(offsets.size()).isZero();
    }

    @Test
    void theWorkerIsReadyWhenThePartitionsWentAway() {
        consumer.refuse(new TimeoutException("a transaction is open"));
        offsets.readUnread();

        offsets.left(List.of(ONE));
        assertThat(health.isReady()).isFalse();
        assertThat(offsets.size()).isOne();

        offsets.left(List.of(OTHER));
        assertThat(health.isReady()).isTrue();
        assertThat(offsets.size()).isZero();
    }

    @Test
    void partitionsThatCameAreReadAtOnceAfterAFailureOfOthers() {
        consumer.refuse(new TimeoutException("a transaction is open"));
        offsets.readUnread();
        offsets.left(List.of(ONE, OTHER));
        consumer.refuse(null);

        offsets.arrived(List.of(ONE));

        assertThat(nextOfOne()).isEqualTo(7);
    }

    @Test
    void logsAtAGrowingIntervalForHowLongItFails() {
        consumer.refuse(new TimeoutException("a transaction is open"));
        try (CapturedLog log = new CapturedLog(CommittedOffsets.class, Level.INFO)) {
            for (int second = 0; second <= 60; second++) {
                offsets.readUnread();
                clock.advance(Duration.ofSeconds(1));
            }
            consumer.refuse(null);
            clock.advance(LONGEST_PAUSE);
            offsets.readUnread();

            assertThat(messages(log, Level.WARN))
                    .hasSize(4)
                    .allMatch(message -> message.contains("tenant.created-0")
                            && message.contains("a transaction is open")
                            && message.contains("kafka-transactions.sh"));
            assertThat(messages(log, Level.INFO)).singleElement().asString().contains("after 63 s");
        }
    }

    /** Reads the committed offsets, of which there is one. */
    private long nextOfOne() {
        Map<TopicPartition, OffsetTracker> read =
                offsets.readUnread().orElseThrow().trackers();
        assertThat(read).containsOnlyKeys(ONE);
        return read.values().iterator().next().next();
    }

    private static List<String> messages(CapturedLog log, Level level) {
        return log.events().stream()
                .filter(event -> event.getLevel().equals(level))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}

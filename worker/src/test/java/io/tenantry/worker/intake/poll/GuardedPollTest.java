package io.tenantry.worker.intake.poll;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.stack.ManualClock;
import io.tenantry.worker.telemetry.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One partition that cannot be read does not stop the others, whatever the consumer throws for it. */
class GuardedPollTest {
    private final ManualClock clock = new ManualClock();
    private final FailingConsumer consumer = new FailingConsumer(5);
    private final Map<TopicPartition, Long> read = new HashMap<>();
    private final List<String> received = new ArrayList<>();
    private final List<KafkaException> failures = new ArrayList<>();
    private final Health health = new Health();
    private final GuardedPoll guarded = new GuardedPoll(
            consumer,
            new ReadPositions() {
                @Override
                public boolean isKnown(TopicPartition partition) {
                    return true;
                }

                @Override
                public @Nullable Long next(TopicPartition partition) {
                    return read.get(partition);
                }

                @Override
                public void held(TopicPartition partition) {}
            },
            failures::add,
            new UnreadablePartitions(any -> health.set(Health.Condition.PARTITIONS, any), clock::nanoTime),
            clock::nanoTime);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theOthersGoOnAndLoseNothing(boolean kafkaException) {
        consumer.breakAt(2, 3, kafkaException);

        turns(60);

        assertThat(guarded.unreadable()).isEqualTo(1);
        for (int partition : new int[] {0, 1, 3, 4}) {
            assertThat(of(partition)).as("partition " + partition).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        }
        assertThat(of(2)).containsExactly(0L, 1L, 2L);
    }

    @Test
    void aPartitionThatCanBeReadAgainGoesOnWhereItStopped() {
        consumer.breakAt(2, 3, true);
        turns(60);
        consumer.mend();
        turns(5);
        assertThat(of(2)).as("before it is tried").containsExactly(0L, 1L, 2L);

        clock.advance(Duration.ofSeconds(5));
        turns(10);

        assertThat(of(2)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(guarded.unreadable()).isZero();
    }

    /** The poll that throws away what was fetched before may read from the first offset on. */
    @Test
    void aProbeReadsNothingAgain() {
        consumer.breakAt(2, 3, true);
        turns(60);

        clock.advance(Duration.ofSeconds(5));
        turns(10);

        assertThat(of(2)).containsExactly(0L, 1L, 2L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRecordThatWasReadBeforeItBecameCorruptHoldsNothingUp(boolean kafkaException) {
        consumer.breakAt(2, 3, true);
        turns(60);
        consumer.mend();
        consumer.breakAt(2, 0, kafkaException);

        clock.advance(Duration.ofSeconds(5));
        turns(10);

        assertThat(of(2)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(guarded.unreadable()).isZero();
    }

    @Test
    void isTriedLessAndLessOften() {
        consumer.breakAt(2, 3, true);
        turns(60);
        int before = consumer.failures;

        for (int second = 0; second < 100; second++) {
            clock.advance(Duration.ofSeconds(1));
            turns(3);
        }

        assertThat(consumer.failures - before).as("after 5, 15, 35 and 75 s").isEqualTo(4);
        assertThat(guarded.unreadable()).isEqualTo(1);
    }

    @Test
    void twoThatCannotBeReadAreBothFound() {
        consumer.breakAt(1, 0, true);
        consumer.breakAt(4, 2, false);

        turns(100);

        assertThat(guarded.unreadable()).isEqualTo(2);
        assertThat(of(0)).hasSize(6);
        assertThat(of(2)).hasSize(6);
        assertThat(of(3)).hasSize(6);
    }

    @Test
    void aFailureOfTheWholeConsumerIsNoPartitionsFault() {
        consumer.failWhatever(new GroupAuthorizationException("not allowed"));

        assertThatThrownBy(() -> turns(3)).isInstanceOf(GroupAuthorizationException.class);
        assertThat(guarded.unreadable()).isZero();

        consumer.failWhatever(null);
        turns(10);
        assertThat(received).hasSize(30);
    }

    @Test
    void aFailureThatDoesNotComeAgainIsTold() {
        consumer.failOnce(new GroupAuthorizationException("not allowed"));
        List<RuntimeException> told = turns(40);

        assertThat(told).singleElement().isInstanceOf(GroupAuthorizationException.class);
        assertThat(guarded.isLooking()).isFalse();
        assertThat(received).hasSize(30);
    }

    /** It is taken for the partition's fault, and thrown once: nobody else would hear of it. */
    @Test
    void aFailureOfTheGroupDuringAProbeIsTold() {
        consumer.breakAt(2, 3, true);
        turns(60);
        consumer.mend();
        failures.clear();
        clock.advance(Duration.ofSeconds(5));
        turns(1);
        consumer.failOnce(new GroupAuthorizationException("not allowed"));

        List<RuntimeException> told = turns(40);

        assertThat(told).isEmpty();
        assertThat(failures).singleElement().isInstanceOf(GroupAuthorizationException.class);
    }

    @Test
    void aPartitionThatGoesAwayIsForgotten() {
        consumer.breakAt(2, 3, true);
        turns(60);
        assertThat(health.conditions()).contains(Health.Condition.PARTITIONS);

        guarded.drop(Set.of(partition(2)));

        assertThat(health.conditions())
                .as("without another poll, which may fail")
                .doesNotContain(Health.Condition.PARTITIONS);
        assertThat(guarded.unreadable()).isZero();
        assertThat(guarded.holds(partition(2))).isFalse();
    }

    /** As the poll loop does it. */
    private List<RuntimeException> turns(int count) {
        List<RuntimeException> told = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            guarded.steer();
            for (TopicPartition partition : consumer.assignment()) {
                if (guarded.pauses(partition)) {
                    consumer.pause(Set.of(partition));
                } else {
                    consumer.resume(Set.of(partition));
                }
            }
            ConsumerRecords<byte[], byte[]> records = guarded.poll(Duration.ofMillis(1));
            records.forEach(next -> received.add(next.partition() + "/" + next.offset()));
            records.nextOffsets().forEach((partition, next) -> read.put(partition, next.offset()));
            RuntimeException unexplained = guarded.takeUnexplained();
            if (unexplained != null) {
                told.add(unexplained);
            }
        }
        return told;
    }

    private List<Long> of(int partition) {
        return received.stream()
                .filter(next -> next.startsWith(partition + "/"))
                .map(next -> Long.valueOf(next.substring(next.indexOf('/') + 1)))
                .toList();
    }

    private static TopicPartition partition(int number) {
        return new TopicPartition("topic", number);
    }

    /** Six records in each partition; throws as the client does where it cannot read one. */
    private static final class FailingConsumer extends MockConsumer<byte[], byte[]> {
        private static final int RECORDS = 6;

        private final Map<TopicPartition, RuntimeException> broken = new HashMap<>();
        private final Map<TopicPartition, Long> brokenAt = new HashMap<>();
        private @Nullable RuntimeException whole;
        private boolean once;
        private int failures;

        FailingConsumer(int partitions) {
            super("earliest");
            List<TopicPartition> all = IntStream.range(0, partitions)
                    .mapToObj(GuardedPollTest::partition)
                    .toList();
            assign(all);
            all.forEach(partition -> updateBeginningOffsets(Map.of(partition, 0L)));
            all.forEach(partition -> seek(partition, 0));
        }

        void breakAt(int partition, long offset, boolean kafkaException) {
            brokenAt.put(partition(partition), offset);
            broken.put(
                    partition(partition),
                    kafkaException
                            ? new KafkaException("Received exception when fetching the next record")
                            : new IllegalArgumentException("Unknown compression type id: 7"));
        }

        void mend() {
            brokenAt.clear();
        }

        void failWhatever(@Nullable RuntimeException failure) {
            whole = failure;
        }

        void failOnce(RuntimeException failure) {
            whole = failure;
            once = true;
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            RuntimeException failure = whole;
            if (failure != null) {
                whole = once ? null : failure;
                throw failure;
            }
            Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> fetched = new HashMap<>();
            Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
            Set<TopicPartition> readable = new HashSet<>(assignment());
            readable.removeAll(paused());
            for (TopicPartition partition : readable) {
                if (position(partition) > RECORDS) {
                    // The client asks the broker, and goes on at the first offset in the same poll if there is time.
                    seek(partition, 0);
                }
                long position = position(partition);
                if (Long.valueOf(position).equals(brokenAt.get(partition))) {
                    RuntimeException fault = Objects.requireNonNull(broken.get(partition));
                    if (fetched.isEmpty() || !(fault instanceof KafkaException)) {
                        failures++;
                        throw fault;
                    }
                    break;
                }
                if (position < RECORDS) {
                    fetched.put(
                            partition,
                            List.of(new ConsumerRecord<>(
                                    partition.topic(), partition.partition(), position, "k".getBytes(UTF_8), null)));
                    next.put(partition, new OffsetAndMetadata(position + 1));
                    seek(partition, position + 1);
                }
            }
            return new ConsumerRecords<>(fetched, next);
        }

        @Override
        public synchronized OptionalLong currentLag(TopicPartition partition) {
            return OptionalLong.of(Math.max(0, RECORDS - position(partition)));
        }
    }
}

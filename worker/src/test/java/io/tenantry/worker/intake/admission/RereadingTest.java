package io.tenantry.worker.intake.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.stack.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the client's own fake of a consumer, which has one partition. */
class RereadingTest {
    private static final TopicPartition PARTITION = new TopicPartition(Topic.TENANT_CREATED.baseName(), 0);

    private final ManualClock clock = new ManualClock();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Admission admission = new Admission(
            request -> Set.of(request.key().substring(0, 1)),
            new MemoryLimits(new ServerLoad.Limits(4, 100, 1_000_000), 100_000, 100_000),
            clock::nanoTime);
    private final InFlight inFlight = new InFlight(admission);
    private final Rereading rereading = new Rereading(consumer, admission, clock::nanoTime);
    private final Map<Long, InFlight.Entry> started = new HashMap<>();
    private final List<String> order = new ArrayList<>();
    private final List<ConsumerRecord<byte[], byte[]>> topic = new ArrayList<>();

    @BeforeEach
    void assign() {
        consumer.assign(List.of(PARTITION));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    }

    @Test
    void readsOnWhileOneServerIsFullAndComesBackWhenItIsNot() {
        for (int i = 0; i < 20; i++) {
            publish("a" + i);
        }
        publish("b0");
        turn();
        assertThat(order).containsExactly("a0", "a1", "a2", "a3", "b0");
        assertThat(admission.parked()).isEqualTo(16);

        end(0);
        turn();
        assertThat(rereading.isUnderWay(PARTITION)).as("there is room for one").isFalse();
        end(1, 2);
        turn();
        turn();
        assertThat(order).containsExactly("a0", "a1", "a2", "a3", "b0", "a4", "a5", "a6");
        assertThat(rereading.isUnderWay(PARTITION)).isFalse();
        assertThat(consumer.position(PARTITION)).isEqualTo(21);

        publish("b1");
        turn();
        assertThat(order).endsWith("a6", "b1");
    }

    @Test
    void startsEachOnceAndThoseOfOneTenantInTheirOrder() {
        for (int i = 0; i < 60; i++) {
            publish("a" + i % 3);
            publish("b" + i % 7);
        }
        turn();
        while (!started.isEmpty()) {
            end(started.keySet().stream()
                    .sorted()
                    .limit(3)
                    .mapToLong(offset -> offset)
                    .toArray());
            turn();
            turn();
        }

        assertThat(order).hasSize(120);
        assertThat(admission.parked()).isZero();
        assertThat(answered).doesNotHaveDuplicates();
        for (String key : Set.copyOf(order)) {
            List<Long> offsets = startedOffsets.getOrDefault(key, List.of());
            assertThat(offsets).as(key).isSorted();
        }
    }

    @Test
    void findsWhatKafkaHasDeletedMeanwhile() {
        for (int i = 0; i < 8; i++) {
            publish("a" + i);
        }
        turn();
        topic.removeIf(next -> next.offset() == 4 || next.offset() == 6);

        end(0, 1, 2, 3);
        turn();
        turn();

        assertThat(order).endsWith("a5", "a7");
        assertThat(lost).containsExactlyInAnyOrder(4L, 6L);
    }

    @Test
    void findsThatKafkaHasDeletedAllMeanwhile() {
        for (int i = 0; i < 8; i++) {
            publish("a" + i);
        }
        turn();
        topic.clear();
        end(0, 1, 2, 3);
        turn();
        assertThat(rereading.isUnderWay(PARTITION)).isTrue();

        // As the client does when there is no such offset any more, without a record.
        consumer.seek(PARTITION, 8);
        turn();

        assertThat(lost).containsExactly(4L, 5L, 6L, 7L);
        assertThat(admission.parked()).isZero();
        assertThat(rereading.isUnderWay(PARTITION)).isFalse();
    }

    /** Here 100 may be started, and 4 of them be at work. */
    @Test
    void thoseThatWaitDoNotKeepItFromComingBack() {
        for (int i = 0; i < 90; i++) {
            publish("a" + i);
            turn();
            Objects.requireNonNull(started.get((long) i)).place().waits(true);
        }
        for (int i = 90; i < 96; i++) {
            publish("a" + i);
        }
        turn();
        assertThat(admission.parked()).isEqualTo(2);

        end(90, 91, 92, 93);
        turn();

        assertThat(admission.parked()).isZero();
    }

    @Test
    void newOnesDoNotPassForLong() {
        for (int i = 0; i < 6; i++) {
            publish("a" + i);
        }
        turn();
        assertThat(admission.parked()).isEqualTo(2);
        for (int second = 0; second < 20; second++) {
            clock.advance(Duration.ofSeconds(1));
            end(started.keySet().stream().mapToLong(offset -> offset).min().orElseThrow());
            publish("a" + (100 + second));
            publish("b" + second);
            turn();
            started.keySet().stream()
                    .filter(offset -> key(offset).startsWith("b"))
                    .toList()
                    .forEach(this::end);
        }

        assertThat(order).contains("a4", "a5").contains("b19");
        assertThat(order.indexOf("a5")).as("they were passed for five seconds").isLessThan(order.indexOf("b8"));
    }

    /** The others that are at work do not end soon. */
    @Test
    void comesBackForFewAfterAWhile() {
        for (int i = 0; i < 6; i++) {
            publish("a" + i);
        }
        turn();
        end(0);
        turn();
        assertThat(order).as("there is room for one").hasSize(4);

        clock.advance(Duration.ofSeconds(5));
        turn();
        turn();

        assertThat(order).endsWith("a4").hasSize(5);
    }

    /** Parked requests of a partition that cannot be read, as without a broker, give their room back after a time. */
    @Test
    void roomIsNotKeptForThoseThatCannotBeRead() {
        for (int i = 0; i < 6; i++) {
            publish("a" + i);
        }
        turn();
        clock.advance(Duration.ofSeconds(6));
        topic.clear();
        end(0, 1, 2, 3);
        turn();
        assertThat(startsNew("a100")).isFalse();
        admission.drop(Set.of(new TopicPartition(PARTITION.topic(), 1)));

        clock.advance(Duration.ofSeconds(11));
        turn();

        assertThat(startsNew("a101")).isTrue();
    }

    private boolean startsNew(String key) {
        int before = order.size();
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(PARTITION.topic(), 1, 0, key.getBytes(UTF_8), new byte[100]);
        receive(record, Coordinates.of(record));
        return order.size() > before;
    }

    private String key(long offset) {
        return Objects.requireNonNull(started.get(offset)).request().key();
    }

    @Test
    void forgetsPartitionsThatWentAway() {
        for (int i = 0; i < 8; i++) {
            publish("a" + i);
        }
        turn();

        inFlight.drop(Set.of(PARTITION));
        admission.drop(Set.of(PARTITION));
        rereading.drop(Set.of(PARTITION));

        assertThat(admission.parked()).isZero();
        assertThat(admission.partitions()).isEmpty();
        rereading.steer(partition -> false);
        assertThat(rereading.isUnderWay(PARTITION)).isFalse();
    }

    private final List<Long> answered = new ArrayList<>();
    private final List<Long> lost = new ArrayList<>();
    private final Map<String, List<Long>> startedOffsets = new HashMap<>();
    private long next;

    private void publish(String key) {
        topic.add(new ConsumerRecord<>(PARTITION.topic(), 0, next++, key.getBytes(UTF_8), new byte[100]));
    }

    /** As the poll loop does it. */
    private void turn() {
        for (Coordinates next : rereading.jumpedOver(partition -> false)) {
            admission.forget(next);
            lost.add(next.offset());
        }
        rereading.steer(partition -> false);
        admission.keepRoom(rereading::isStuck);
        long position = consumer.position(PARTITION);
        topic.stream().filter(record -> record.offset() >= position).forEach(consumer::addRecord);
        List<ConsumerRecord<byte[], byte[]>> polled =
                consumer.poll(Duration.ZERO).records(PARTITION);
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            Coordinates coordinates = Coordinates.of(record);
            if (!rereading.covers(PARTITION, record.offset()) || admission.isParked(coordinates)) {
                receive(record, coordinates);
            }
        }
        Set<Long> seen = polled.stream().map(ConsumerRecord::offset).collect(Collectors.toSet());
        if (polled.isEmpty()) {
            // The client says nothing of a partition without records.
            return;
        }
        for (long offset : rereading.passed(PARTITION, consumer.position(PARTITION), seen)) {
            admission.forget(new Coordinates(PARTITION, offset));
            lost.add(offset);
        }
    }

    private void receive(ConsumerRecord<byte[], byte[]> record, Coordinates coordinates) {
        String key = new String(record.key(), UTF_8);
        Request request = new Request(
                new RequestRef(Long.toString(record.offset()), "/test", "type", record.topic(), 0, record.offset()),
                new TenantCreated(key, List.of(), Map.of()),
                null,
                0);
        InFlight.Entry entry = inFlight.admit(record, request);
        if (entry != null && inFlight.add(coordinates, entry)) {
            entry.place().waits(false);
            started.put(record.offset(), entry);
            order.add(key);
            startedOffsets.computeIfAbsent(key, added -> new ArrayList<>()).add(record.offset());
        }
    }

    private void end(long... offsets) {
        for (long offset : offsets) {
            InFlight.Entry entry = Objects.requireNonNull(started.remove(offset));
            inFlight.remove(new Coordinates(PARTITION, offset), entry.request());
            answered.add(offset);
        }
    }
}

package io.tenantry.worker.rollout;

import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.rollout.Outbox;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Reads events from the outbox and hands them to the poll thread, in their order. For the driver's thread alone. */
final class OutboxReader {
    /** Another worker may have appended an event: a verb may come from any partition. */
    private static final Duration LONGEST_UNREAD = Duration.ofSeconds(1);

    private static final int EVENTS_AT_ONCE = 500;

    private final Registry registry;
    private final RolloutTerms terms;
    private final LongSupplier nanoTime;
    private final Outbox outbox = new Outbox();
    private long readNanos;
    private boolean isRead;

    OutboxReader(Registry registry, RolloutTerms terms, LongSupplier nanoTime) {
        this.registry = registry;
        this.terms = terms;
        this.nanoTime = nanoTime;
    }

    /** This worker may have appended events. */
    void appended() {
        isRead = false;
    }

    /** Hands over what was appended since the last call. */
    void read(Desk desk) throws SQLException {
        long now = nanoTime.getAsLong();
        if (isRead && now - readNanos < LONGEST_UNREAD.toNanos()) {
            return;
        }
        Map<Integer, OwnedPartition> begun = new TreeMap<>();
        desk.partitions().stream()
                .filter(OwnedPartition::isBegun)
                .forEach(partition -> begun.put(partition.number(), partition));
        if (!begun.isEmpty()) {
            Map<Integer, Long> positions = new TreeMap<>();
            begun.forEach((number, partition) -> positions.put(number, partition.handed()));
            registry.inTransaction(connection ->
                            outbox.after(connection, terms.source(), terms.group(), positions, EVENTS_AT_ONCE))
                    .forEach(entry -> desk.handEvent(
                            Objects.requireNonNull(begun.get(entry.partition())),
                            new Outgoing.StateChange(entry.partition(), entry.position(), entry.event())));
        }
        isRead = true;
        readNanos = now;
    }

    /** Marks what was published and is not marked; the marks count where the offset's metadata has no position. */
    void markPublished(Desk desk) throws SQLException {
        Map<Integer, List<Outgoing.StateChange>> published = new TreeMap<>();
        for (Outgoing.StateChange change : desk.unmarked()) {
            published
                    .computeIfAbsent(change.partition(), partition -> new ArrayList<>())
                    .add(change);
        }
        for (Map.Entry<Integer, List<Outgoing.StateChange>> partition : published.entrySet()) {
            List<Long> positions = partition.getValue().stream()
                    .map(Outgoing.StateChange::position)
                    .toList();
            registry.inTransaction(connection -> {
                outbox.published(connection, terms.group(), partition.getKey(), positions);
                return true;
            });
            desk.marked(partition.getValue());
        }
    }
}

package io.tenantry.worker.operator.deadletters;

import io.tenantry.contracts.EventType;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.deadletters.DeadLetterState.Fate;
import io.tenantry.worker.registry.overview.RequestHistory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The dead letters of a deployment. For one thread. */
public final class DeadLetters implements AutoCloseable {
    private final Access access;
    private final DeadLetterReader reader;
    private final RequestHistory history = new RequestHistory();

    /** Connects with the first call. */
    public DeadLetters(Access access) throws InvalidSettingsException {
        this.access = access;
        this.reader = new DeadLetterReader(access.kafka());
    }

    /**
     * Selects dead letters; all conditions must hold.
     *
     * @param places in dead-letter topics, or of the records that the dead letters were made of; empty: all
     * @param code null: all
     */
    public record Selection(List<Place> places, @Nullable String code) {
        public Selection {
            places = List.copyOf(places);
        }

        boolean means(DeadLetterRecord letter) {
            return (code == null || code.equals(letter.code()))
                    && (places.isEmpty()
                            || places.contains(letter.place())
                            || (letter.origin() != null && places.contains(letter.origin())));
        }
    }

    /**
     * The selected dead letters, in the order of their places.
     *
     * @throws OperationFailedException also if a place has none
     */
    public List<DeadLetterState> find(Selection selection) throws OperationFailedException {
        List<DeadLetterRecord> all = reader.all();
        List<DeadLetterRecord> meant = all.stream().filter(selection::means).toList();
        Set<Place> found = new HashSet<>();
        for (DeadLetterRecord letter : meant) {
            found.add(letter.place());
            if (letter.origin() != null) {
                found.add(letter.origin());
            }
        }
        List<Place> missing = selection.places().stream()
                .filter(place -> !found.contains(place))
                .toList();
        if (!missing.isEmpty()) {
            throw new OperationFailedException("there is no dead letter "
                    + String.join(", ", missing.stream().map(Place::toString).toList())
                    + (selection.code() == null ? "" : " with code " + selection.code())
                    + "; `tenantry dead-letters list` shows all");
        }
        Map<Place, Place> again = new HashMap<>();
        all.forEach(letter -> {
            if (letter.replayOf() != null) {
                again.put(letter.replayOf(), letter.place());
            }
        });
        Set<DeadLetterRecord.Identity> answered = answered(meant);
        return meant.stream()
                .map(letter -> new DeadLetterState(letter, fate(letter, answered, again), again.get(letter.place())))
                .toList();
    }

    private static Fate fate(
            DeadLetterRecord letter, Set<DeadLetterRecord.Identity> answered, Map<Place, Place> again) {
        if (letter.identity() != null && answered.contains(letter.identity())) {
            return Fate.ANSWERED;
        }
        if (again.containsKey(letter.place())) {
            return Fate.DEAD_AGAIN;
        }
        return letter.identity() == null ? Fate.UNKNOWN : Fate.OPEN;
    }

    private Set<DeadLetterRecord.Identity> answered(List<DeadLetterRecord> letters) throws OperationFailedException {
        record Producer(String source, EventType type) {}
        Map<Producer, List<String>> ids = new HashMap<>();
        for (DeadLetterRecord letter : letters) {
            DeadLetterRecord.Identity identity = letter.identity();
            if (identity != null) {
                ids.computeIfAbsent(new Producer(identity.source(), identity.type()), unused -> new ArrayList<>())
                        .add(identity.id());
            }
        }
        if (ids.isEmpty()) {
            return Set.of();
        }
        return access.registry(registry -> registry.inSnapshot(connection -> {
            Set<DeadLetterRecord.Identity> answered = new HashSet<>();
            for (Map.Entry<Producer, List<String>> producer : ids.entrySet()) {
                String source = producer.getKey().source();
                EventType type = producer.getKey().type();
                history.answered(connection, source, type, producer.getValue())
                        .forEach(id -> answered.add(new DeadLetterRecord.Identity(source, id, type)));
            }
            return answered;
        }));
    }

    /** A dead letter with all headers and its value. */
    public DeadLetterContent content(DeadLetterState state) throws OperationFailedException {
        ConsumerRecord<byte[], byte[]> record = record(state.letter());
        return new DeadLetterContent(
                state,
                StreamSupport.stream(record.headers().spliterator(), false)
                        .map(header -> new DeadLetterContent.Header(header.key(), ReadableBytes.of(header.value())))
                        .toList(),
                ReadableBytes.of(record.value()));
    }

    ConsumerRecord<byte[], byte[]> record(DeadLetterRecord letter) throws OperationFailedException {
        return reader.record(letter.place())
                .orElseThrow(() -> new OperationFailedException("dead letter " + letter.place()
                        + " is not in Kafka any more: its topic's retention has deleted it"));
    }

    @Override
    public void close() {
        reader.close();
    }
}

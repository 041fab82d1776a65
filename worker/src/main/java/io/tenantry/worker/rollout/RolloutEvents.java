package io.tenantry.worker.rollout;

import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.RolloutCounts;
import io.tenantry.contracts.RolloutIds;
import io.tenantry.contracts.RolloutRequestRef;
import io.tenantry.contracts.RolloutResult;
import io.tenantry.contracts.WaveProgress;
import io.tenantry.worker.registry.rollout.Outbox;
import io.tenantry.worker.registry.rollout.ResolvedTarget;
import io.tenantry.worker.registry.rollout.RolloutRow;
import io.tenantry.worker.registry.rollout.RolloutTable;
import io.tenantry.worker.registry.rollout.VerbTable;
import io.tenantry.worker.registry.rollout.WaveRow;
import io.tenantry.worker.registry.rollout.WaveTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Appends events of {@code rollout.results} to the outbox, in the caller's transaction. Safe for use by many threads. */
final class RolloutEvents {
    private final RolloutTable rollouts = new RolloutTable();
    private final WaveTable waveTable = new WaveTable();
    private final Outbox outbox = new Outbox();
    private final VerbTable verbs = new VerbTable();
    private final EventCodec codec = new EventCodec();
    private final String source;
    private final Clock clock;

    /** @param source {@code ce_source} of all events of the group */
    RolloutEvents(String source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** What an event says besides the rollout's counts; each may be null. */
    record Said(
            @Nullable ErrorCode code,
            @Nullable String reason,
            @Nullable RolloutRequestRef request) {
        static final Said NOTHING = new Said(null, null, null);
    }

    /** Appends an event about the rollout; returns the rollout with its new sequence, which is still to be written. */
    RolloutRow append(Connection connection, RolloutRow row, EventType type, Said said) throws SQLException {
        RolloutRow next = row.withEvent();
        List<WaveRow> waves = waveTable.all(connection, row.rollout());
        Map<String, String> targets = new TreeMap<>();
        for (Map.Entry<String, ResolvedTarget> target : row.targets().entrySet()) {
            targets.put(target.getKey(), target.getValue().version());
        }
        RolloutResult data = new RolloutResult(
                row.rollout(),
                row.start().target(),
                progress(row, waves).orElse(null),
                counts(row, waves),
                failures(connection, row.rollout()),
                said.code(),
                said.reason(),
                said.request(),
                targets);
        String id = RolloutIds.event(row.rollout(), next.sequence());
        outbox.append(connection, row.group(), row.partition(), event(id, type, row.traceparent(), data));
        return next;
    }

    /** Appends that a verb is refused. The rollout of this name, if there is one, does not change by it. */
    void refused(Connection connection, Verb verb, String group, RefusedException refusal) throws SQLException {
        RolloutResult data = new RolloutResult(
                verb.data().rollout(),
                verb.data().target(),
                null,
                RolloutCounts.of(0),
                Map.of(),
                refusal.code(),
                refusal.reason(),
                verb.ref(),
                Map.of());
        String id = RolloutIds.refusal(verb.ref().source(), verb.ref().id());
        EncodedEvent event = event(id, EventType.ROLLOUT_REFUSED, verb.traceparent(), data);
        outbox.append(connection, group, verb.partition(), event);
    }

    /** Appends that the rollout is planned, for each start of it; returns the rollout with its new sequence. */
    RolloutRow started(Connection connection, RolloutRow planned) throws SQLException {
        RolloutRow next = planned;
        for (RolloutRequestRef start : starts(connection, planned)) {
            next = append(connection, next, EventType.ROLLOUT_STARTED, new Said(null, planned.waitsFor(), start));
        }
        return next;
    }

    /** Appends that a rollout that was taken and is not planned is refused, for each start of it. */
    void refused(Connection connection, RolloutRow row, RefusedException refusal) throws SQLException {
        for (RolloutRequestRef start : starts(connection, row)) {
            Verb verb = new Verb(start, row.partition(), row.start(), row.traceparent());
            refused(connection, verb, row.group(), refusal);
        }
    }

    private List<RolloutRequestRef> starts(Connection connection, RolloutRow row) throws SQLException {
        List<RolloutRequestRef> starts = new ArrayList<>();
        starts.add(row.startedBy());
        starts.addAll(verbs.takeAwaitingPlan(connection, row.rollout()));
        return starts;
    }

    private EncodedEvent event(String id, EventType type, @Nullable String traceparent, RolloutResult data) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new EncodedEvent(id, source, type.type(), now, traceparent, data.key(), codec.encodeData(data));
    }

    /** The current wave, and how far it is. */
    private static Optional<WaveProgress> progress(RolloutRow row, List<WaveRow> waves) {
        return waves.stream()
                .filter(wave -> wave.wave() == row.wave())
                .findFirst()
                .map(wave -> new WaveProgress(wave.wave(), waves.size(), wave.name(), wave.counts()));
    }

    /** Over the whole rollout, by the latest attempt of each member. */
    static RolloutCounts counts(RolloutRow row, List<WaveRow> waves) {
        RolloutCounts sum = new RolloutCounts(row.upToDate(), 0, row.upToDate(), 0, 0);
        for (WaveRow wave : waves) {
            RolloutCounts next = wave.counts();
            sum = new RolloutCounts(
                    sum.total() + next.total(),
                    sum.completed() + next.completed(),
                    sum.upToDate() + next.upToDate(),
                    sum.failed() + next.failed(),
                    sum.skipped() + next.skipped());
        }
        return sum;
    }

    private Map<ErrorCode, Integer> failures(Connection connection, String rollout) throws SQLException {
        Map<ErrorCode, Integer> failures = new EnumMap<>(ErrorCode.class);
        for (Map.Entry<String, Integer> failure :
                rollouts.failures(connection, rollout).entrySet()) {
            failures.merge(ErrorCode.of(failure.getKey()), failure.getValue(), Integer::sum);
        }
        return failures;
    }
}

package io.tenantry.worker.rollout;

import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.worker.registry.rollout.ClaimedAttempt;
import io.tenantry.worker.registry.rollout.ResolvedTarget;
import io.tenantry.worker.registry.rollout.RolloutRow;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The {@code migration.requested} of members. Immutable. */
final class AttemptEvents {
    private final EventCodec codec = new EventCodec();
    private final String source;
    private final Clock clock;

    /** @param source {@code ce_source} of all events of the group */
    AttemptEvents(String source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** An attempt has one identity, whichever worker sends it. */
    Outgoing.Attempt of(RolloutRow row, ClaimedAttempt attempt) {
        EncodedEvent event = codec.encode(new Event<>(
                attempt.requestId(),
                source,
                EventType.MIGRATION_REQUESTED,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                row.traceparent(),
                data(row, attempt)));
        return new Outgoing.Attempt(row.partition(), event);
    }

    private static MigrationRequested data(RolloutRow row, ClaimedAttempt attempt) {
        if (attempt.shared()) {
            ResolvedTarget target = Objects.requireNonNull(row.targets().get(attempt.key()));
            return new MigrationRequested(
                    null, attempt.key(), List.of(), target.version(), row.rollout(), attempt.attempt());
        }
        Map<String, String> targets = new TreeMap<>();
        for (String database : attempt.databases()) {
            targets.put(
                    database,
                    Objects.requireNonNull(row.targets().get(database)).version());
        }
        boolean one = new HashSet<>(targets.values()).size() == 1;
        return new MigrationRequested(
                attempt.key(),
                null,
                attempt.databases(),
                one ? targets.values().iterator().next() : MigrationRequested.LATEST,
                row.rollout(),
                attempt.attempt(),
                one ? Map.of() : targets);
    }
}

package io.tenantry.worker.drift.record;

import io.tenantry.contracts.DriftChange;
import io.tenantry.worker.drift.DriftDifference;
import io.tenantry.worker.drift.check.HomeCheck;
import io.tenantry.worker.drift.check.Verdict;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.drift.DriftLook;
import io.tenantry.worker.registry.drift.DriftState;
import io.tenantry.worker.registry.drift.DriftTable;
import io.tenantry.worker.registry.drift.FoundDifference;
import io.tenantry.worker.registry.drift.LookedAt;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes verdicts into the registry. Safe for use by many threads. */
public final class DriftRecorder {
    private final DriftTable table;
    private final String worker;

    /** @param worker the id of the process that looks */
    public DriftRecorder(DriftTable table, String worker) {
        this.table = table;
        this.worker = worker;
    }

    /** The time to be asked before a look. */
    public Instant now() throws SQLException {
        return table.now();
    }

    /**
     * Writes a verdict. Nothing is written of a home that somebody works on, or whose server is away: nothing was seen of it.
     *
     * @param begunAt as {@link #now} gave it before the look
     * @return what became of it
     */
    public DriftTable.Recorded record(TenantHome home, Instant begunAt, Verdict verdict) throws SQLException {
        Optional<DriftLook> look = look(home, begunAt, verdict);
        return look.isPresent() ? table.record(look.get()) : DriftTable.Recorded.DROPPED;
    }

    private Optional<DriftLook> look(TenantHome home, Instant begunAt, Verdict verdict) {
        if (verdict instanceof Verdict.Clean clean) {
            return Optional.of(
                    look(home, begunAt, clean.version(), clean.pathKey(), DriftState.CLEAN, List.of(), null));
        }
        if (verdict instanceof Verdict.Drifted drifted) {
            List<FoundDifference> differences =
                    drifted.differences().stream().map(DriftRecorder::found).toList();
            return Optional.of(
                    look(home, begunAt, drifted.version(), drifted.pathKey(), DriftState.DRIFTED, differences, null));
        }
        if (verdict instanceof Verdict.Unreadable unreadable && !unreadable.serverAway()) {
            return Optional.of(look(home, begunAt, null, null, DriftState.UNREADABLE, List.of(), unreadable.reason()));
        }
        return verdict instanceof Verdict.NoReference none
                ? Optional.of(look(home, begunAt, null, null, DriftState.UNREADABLE, List.of(), none.reason()))
                : Optional.empty();
    }

    private DriftLook look(
            TenantHome home,
            Instant begunAt,
            @Nullable String version,
            @Nullable String pathKey,
            DriftState state,
            List<FoundDifference> differences,
            @Nullable String reason) {
        LookedAt place = new LookedAt(home.tenant(), home.database(), home.server(), home.location());
        return new DriftLook(place, begunAt, version, pathKey, state, differences, reason, worker, HomeCheck.SIGHT);
    }

    private static FoundDifference found(DriftDifference difference) {
        return new FoundDifference(
                switch (difference.change()) {
                    case MISSING -> DriftChange.MISSING;
                    case EXTRA -> DriftChange.EXTRA;
                    case CHANGED -> DriftChange.CHANGED;
                },
                difference.kind(),
                difference.object(),
                difference.table(),
                difference.expected(),
                difference.actual());
    }
}

package io.tenantry.worker.rollout;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventType;
import io.tenantry.worker.registry.rollout.ClaimedAttempt;
import io.tenantry.worker.registry.rollout.MemberState;
import io.tenantry.worker.registry.rollout.MemberTable;
import io.tenantry.worker.registry.rollout.RegistryTime;
import io.tenantry.worker.registry.rollout.RolloutRow;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.RolloutTable;
import io.tenantry.worker.registry.rollout.WaveRow;
import io.tenantry.worker.registry.rollout.WaveTable;
import io.tenantry.worker.rollout.RolloutEvents.Said;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Moves a rollout on as far as the registry's counts allow: waves, soak times, halts, its end. Each call works in the
 * caller's transaction and locks the rollout's row, so a worker that does not own the rollout any more does no harm. Safe for
 * use by many threads.
 */
final class RolloutProgress {
    private static final int CLAIMS_IN_WINDOW = 8;

    private final RolloutTable rollouts = new RolloutTable();
    private final WaveTable waveTable = new WaveTable();
    private final MemberTable members = new MemberTable();
    private final Planning planning;
    private final RolloutEvents events;

    RolloutProgress(Planning planning, RolloutEvents events) {
        this.planning = planning;
        this.events = events;
    }

    /**
     * A rollout after a step, and what is to be sent now.
     *
     * @param said whether events were appended
     */
    record Advanced(RolloutRow row, List<ClaimedAttempt> attempts, boolean said) {}

    /**
     * Moves the rollout on and claims attempts to be sent; empty if it has ended.
     *
     * @param seen its state when it was looked at last
     * @param recentlyAnswered as in {@link SendWindow}
     */
    Optional<Advanced> advance(Connection connection, String rollout, RolloutState seen, int recentlyAnswered)
            throws SQLException {
        if (seen == RolloutState.WAITING) {
            // Before the row's lock, in the same order as a start.
            rollouts.lockPlanning(connection);
        }
        Optional<RolloutRow> found = rollouts.lock(connection, rollout);
        if (found.isEmpty() || found.get().state().isFinal()) {
            return Optional.empty();
        }
        RolloutRow before = found.get();
        try {
            RolloutRow row = moveOn(connection, before);
            write(connection, before, row);
            return Optional.of(
                    new Advanced(row, claim(connection, row, recentlyAnswered), row.sequence() != before.sequence()));
        } catch (RefusedException refusal) {
            rollouts.delete(connection, rollout);
            events.refused(connection, before, refusal);
            return Optional.empty();
        }
    }

    /**
     * Moves the rollout on, without writing its row.
     *
     * @throws RefusedException if it waits for a target that no worker has, or cannot be planned
     */
    RolloutRow moveOn(Connection connection, RolloutRow row) throws SQLException, RefusedException {
        RegistryTime now = rollouts.now(connection);
        RolloutRow current = row;
        RolloutRow next = once(connection, current, now);
        while (!next.equals(current)) {
            current = next;
            next = once(connection, current, now);
        }
        return current;
    }

    /** Writes the row if it has changed. */
    void write(Connection connection, RolloutRow before, RolloutRow row) throws SQLException {
        if (!row.equals(before) && !rollouts.update(connection, row)) {
            throw new SQLException("rollout " + row.rollout() + " was changed at the same time", "40001");
        }
    }

    private RolloutRow once(Connection connection, RolloutRow row, RegistryTime now)
            throws SQLException, RefusedException {
        return switch (row.state()) {
            case WAITING -> waiting(connection, row, now);
            case RUNNING -> running(connection, row, now);
            case SOAKING -> soaking(connection, row, now);
            case PAUSED -> haltIfNeeded(connection, row, waveTable.all(connection, row.rollout()));
            case HALTED, COMPLETED, ABORTED -> row;
        };
    }

    private RolloutRow waiting(Connection connection, RolloutRow row, RegistryTime now)
            throws SQLException, RefusedException {
        RolloutRow ready = row.isPlanned() ? planning.look(connection, row) : planning.plan(connection, row, now);
        if (!ready.isPlanned() || ready.waitsFor() != null) {
            return ready;
        }
        List<WaveRow> waves = waveTable.all(connection, row.rollout());
        if (waves.stream().allMatch(wave -> wave.members() == 0)) {
            return end(connection, ready);
        }
        return begin(connection, Transitions.transitionTo(RolloutState.RUNNING, ready, null), 1);
    }

    private RolloutRow running(Connection connection, RolloutRow row, RegistryTime now) throws SQLException {
        List<WaveRow> waves = wavesWithoutSkipped(connection, row);
        RolloutRow checked = haltIfNeeded(connection, row, waves);
        if (!checked.equals(row)) {
            return checked;
        }
        WaveRow current = waves.get(row.wave() - 1);
        if (current.completed()) {
            return afterWave(connection, row, current, waves, now);
        }
        return current.pending() > 0 ? row : complete(connection, row, current, waves.size(), now);
    }

    /** Skipped members are sent again, as their next attempt, while the rollout goes on. */
    private List<WaveRow> wavesWithoutSkipped(Connection connection, RolloutRow row) throws SQLException {
        List<WaveRow> waves = waveTable.all(connection, row.rollout());
        if (waves.stream().allMatch(wave -> wave.counts().skipped() == 0)) {
            return waves;
        }
        members.nextAttempts(connection, row.rollout(), MemberState.SKIPPED, row.halts(), false);
        return waveTable.all(connection, row.rollout());
    }

    private RolloutRow haltIfNeeded(Connection connection, RolloutRow row, List<WaveRow> waves) throws SQLException {
        Optional<String> reason = new HaltVerdict(row.start().halt()).of(waves);
        if (reason.isEmpty()) {
            return row;
        }
        RolloutRow halted = Transitions.transitionTo(RolloutState.HALTED, row, reason.get());
        return events.append(
                connection, halted, EventType.ROLLOUT_HALTED, new Said(ErrorCode.ROLLOUT_HALTED, reason.get(), null));
    }

    /** Every member of the wave has its result. Nothing comes after the last wave, and nothing was tested by an empty one. */
    private RolloutRow complete(Connection connection, RolloutRow row, WaveRow wave, int last, RegistryTime now)
            throws SQLException {
        waveTable.completed(connection, row.rollout(), wave.wave());
        boolean soaks = wave.wave() < last && wave.members() > 0 && wave.soak().compareTo(Duration.ZERO) > 0;
        RolloutRow done = row.soakingUntil(soaks ? now.plus(wave.soak()) : null);
        return events.append(connection, done, EventType.ROLLOUT_WAVE_COMPLETED, Said.NOTHING);
    }

    private RolloutRow afterWave(
            Connection connection, RolloutRow row, WaveRow wave, List<WaveRow> waves, RegistryTime now)
            throws SQLException {
        if (wave.wave() == waves.size()) {
            boolean retried = waves.stream().anyMatch(other -> other.pending() > 0);
            return retried ? row : end(connection, row);
        }
        if (!now.isOver(row.soakUntil())) {
            return Transitions.transitionTo(RolloutState.SOAKING, row, null);
        }
        if (wave.pauseAfter()) {
            String reason = "after " + wave.label() + ", as requested; resume the rollout to go on";
            RolloutRow paused = Transitions.transitionTo(RolloutState.PAUSED, row, reason);
            return events.append(connection, paused, EventType.ROLLOUT_PAUSED, new Said(null, reason, null));
        }
        return begin(connection, row, wave.wave() + 1);
    }

    private RolloutRow soaking(Connection connection, RolloutRow row, RegistryTime now) throws SQLException {
        RolloutRow checked = haltIfNeeded(connection, row, wavesWithoutSkipped(connection, row));
        if (!checked.equals(row) || !now.isOver(row.soakUntil())) {
            return checked;
        }
        return Transitions.transitionTo(RolloutState.RUNNING, row, null);
    }

    private RolloutRow begin(Connection connection, RolloutRow row, int wave) throws SQLException {
        waveTable.started(connection, row.rollout(), wave);
        return events.append(connection, row.inWave(wave), EventType.ROLLOUT_WAVE_STARTED, Said.NOTHING);
    }

    private RolloutRow end(Connection connection, RolloutRow row) throws SQLException {
        RolloutRow done = Transitions.transitionTo(RolloutState.COMPLETED, row, null);
        return events.append(connection, done, EventType.ROLLOUT_COMPLETED, Said.NOTHING);
    }

    /**
     * Claims members of the waves that have begun; if the rollout does not go on, only those of retry-failed. Claims
     * many at once, if it can: a claim and its Kafka transaction cost about the same for one as for many.
     */
    private List<ClaimedAttempt> claim(Connection connection, RolloutRow row, int recentlyAnswered)
            throws SQLException {
        if (row.state() == RolloutState.WAITING || row.state().isFinal()) {
            return List.of();
        }
        List<WaveRow> waves = waveTable.all(connection, row.rollout());
        int inFlight = waves.stream().mapToInt(WaveRow::inFlight).sum();
        int pending = waves.stream().mapToInt(WaveRow::pending).sum();
        int window = row.start().concurrency() == null ? row.concurrency() + recentlyAnswered : row.concurrency();
        int room = Math.min(window, pending) - inFlight;
        int least = Math.min(Math.max(1, window / CLAIMS_IN_WINDOW), pending - inFlight);
        boolean goesOn = row.state() == RolloutState.RUNNING || row.state() == RolloutState.SOAKING;
        return room < Math.max(1, least)
                ? List.of()
                : members.claim(connection, row.rollout(), row.halts(), goesOn ? row.wave() : 0, room);
    }
}

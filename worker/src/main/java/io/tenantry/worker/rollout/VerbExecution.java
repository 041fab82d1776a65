package io.tenantry.worker.rollout;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventType;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.registry.rollout.MemberState;
import io.tenantry.worker.registry.rollout.MemberTable;
import io.tenantry.worker.registry.rollout.RolloutRow;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.RolloutTable;
import io.tenantry.worker.registry.rollout.VerbTable;
import io.tenantry.worker.registry.rollout.WaveRow;
import io.tenantry.worker.registry.rollout.WaveTable;
import io.tenantry.worker.rollout.RolloutEvents.Said;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Executes verbs. Each call works in the caller's transaction: the change, its event and the memory of the verb are written
 * together, so a verb that is read again changes nothing. Safe for use by many threads.
 */
final class VerbExecution {
    private final RolloutTable rollouts = new RolloutTable();
    private final WaveTable waves = new WaveTable();
    private final MemberTable members = new MemberTable();
    private final VerbTable verbs = new VerbTable();
    private final Conflicts conflicts = new Conflicts();
    private final RolloutTerms terms;
    private final RolloutProgress progress;
    private final RolloutEvents events;

    VerbExecution(RolloutTerms terms, RolloutProgress progress, RolloutEvents events) {
        this.terms = terms;
        this.progress = progress;
        this.events = events;
    }

    /** Executes a verb, or appends why it is refused. */
    void execute(Connection connection, Verb verb) throws SQLException {
        if (!verbs.remember(connection, verb.ref().source(), verb.ref().id())) {
            return;
        }
        try {
            switch (verb.data().action()) {
                case START -> start(connection, verb);
                case PAUSE -> pause(connection, verb);
                case RESUME -> resume(connection, verb);
                case ABORT -> abort(connection, verb);
                case RETRY_FAILED -> retryFailed(connection, verb);
            }
        } catch (RefusedException refusal) {
            events.refused(connection, verb, terms.group(), refusal);
        }
    }

    private void start(Connection connection, Verb verb) throws SQLException, RefusedException {
        rollouts.lockPlanning(connection);
        Optional<RolloutRow> existing = rollouts.lock(connection, verb.data().rollout());
        if (existing.isPresent()) {
            startAgain(connection, existing.get(), verb);
            return;
        }
        List<DatabaseSettings> named = terms.named(verb.data().databases());
        rollouts.insert(connection, newRow(verb, named));
        RolloutRow row = rollouts.lock(connection, verb.data().rollout()).orElseThrow();
        try {
            progress.write(connection, row, progress.moveOn(connection, row));
        } catch (RefusedException refusal) {
            rollouts.delete(connection, row.rollout());
            throw refusal;
        }
    }

    private RolloutRow newRow(Verb verb, List<DatabaseSettings> named) {
        @Nullable Integer concurrency = verb.data().concurrency();
        return new RolloutRow(
                verb.data().rollout(),
                terms.group(),
                verb.partition(),
                RolloutState.WAITING,
                1,
                verb.data(),
                verb.ref(),
                verb.traceparent(),
                Map.of(),
                concurrency == null ? terms.concurrency(named) : concurrency,
                0,
                0,
                0,
                0,
                null,
                null,
                null,
                Instant.EPOCH);
    }

    /** The same start again is the same rollout: it is answered with the rollout as it is now. */
    private void startAgain(Connection connection, RolloutRow row, Verb verb) throws SQLException, RefusedException {
        if (!row.group().equals(terms.group()) || !row.start().equals(verb.data())) {
            throw new RefusedException(
                    ErrorCode.ROLLOUT_CONFLICT,
                    "there is a rollout " + row.rollout() + " with other data, which is "
                            + row.state().label() + "; nothing was sent: use another name");
        }
        if (row.isPlanned()) {
            boolean waits = row.state() == RolloutState.WAITING;
            @Nullable String reason = waits ? row.waitsFor() : "it is " + row.state().label();
            answer(connection, row, row, EventType.ROLLOUT_STARTED, verb, reason);
        } else if (row.state() == RolloutState.WAITING) {
            verbs.awaitPlan(connection, verb.ref(), row.rollout());
        } else {
            throw abortedBeforeThePlan(row);
        }
    }

    private static RefusedException abortedBeforeThePlan(RolloutRow row) {
        return new RefusedException(
                ErrorCode.ROLLOUT_STATE,
                "rollout " + row.rollout() + " was aborted before it was planned; nothing was sent: use another name");
    }

    private void pause(Connection connection, Verb verb) throws SQLException, RefusedException {
        RolloutRow row = locked(connection, verb, RolloutState.RUNNING, RolloutState.SOAKING);
        RolloutRow paused =
                Transitions.transitionTo(RolloutState.PAUSED, row, verb.data().reason());
        answer(connection, row, paused, EventType.ROLLOUT_PAUSED, verb, paused.reason());
    }

    /**
     * Failures so far do not count towards the halt any more. {@link RolloutProgress} sends skipped members again, also
     * those that are skipped after this call.
     */
    private void resume(Connection connection, Verb verb) throws SQLException, RefusedException {
        RolloutRow row = locked(connection, verb, RolloutState.PAUSED, RolloutState.HALTED);
        members.acknowledge(connection, row.rollout());
        pauseIsOver(connection, row);
        RolloutRow running = Transitions.transitionTo(RolloutState.RUNNING, row, null);
        answer(
                connection,
                row,
                running,
                EventType.ROLLOUT_RESUMED,
                verb,
                verb.data().reason());
    }

    /** If the rollout waits after its wave, it need not wait there again. */
    private void pauseIsOver(Connection connection, RolloutRow row) throws SQLException {
        boolean soaks = !rollouts.now(connection).isOver(row.soakUntil());
        List<WaveRow> all = waves.all(connection, row.rollout());
        if (row.state() == RolloutState.PAUSED
                && !soaks
                && row.wave() > 0
                && all.get(row.wave() - 1).completed()) {
            waves.pauseIsOver(connection, row.rollout(), row.wave());
        }
    }

    private void abort(Connection connection, Verb verb) throws SQLException, RefusedException {
        RolloutRow row = locked(
                connection,
                verb,
                RolloutState.WAITING,
                RolloutState.RUNNING,
                RolloutState.SOAKING,
                RolloutState.PAUSED,
                RolloutState.HALTED);
        if (!row.isPlanned()) {
            events.refused(connection, row, abortedBeforeThePlan(row));
        }
        RolloutRow aborted =
                Transitions.transitionTo(RolloutState.ABORTED, row, verb.data().reason());
        answer(connection, row, aborted, EventType.ROLLOUT_ABORTED, verb, aborted.reason());
    }

    private void retryFailed(Connection connection, Verb verb) throws SQLException, RefusedException {
        // If it becomes active again, no other rollout with its tenants may begin meanwhile.
        rollouts.lockPlanning(connection);
        RolloutRow row = locked(
                connection,
                verb,
                RolloutState.WAITING,
                RolloutState.RUNNING,
                RolloutState.SOAKING,
                RolloutState.PAUSED,
                RolloutState.HALTED,
                RolloutState.COMPLETED);
        if (!row.isPlanned()) {
            throw new RefusedException(
                    ErrorCode.ROLLOUT_STATE,
                    "rollout " + row.rollout()
                            + " is not planned yet; nothing was done: no tenant of it can have failed");
        }
        if (row.state() == RolloutState.COMPLETED && hasFailed(connection, row)) {
            conflicts.refuse(connection, row, members.all(connection, row.rollout()));
        }
        int retried = members.nextAttempts(connection, row.rollout(), MemberState.FAILED, row.halts(), true);
        boolean reopened = row.state() == RolloutState.COMPLETED && retried > 0;
        RolloutRow next = reopened ? Transitions.transitionTo(RolloutState.RUNNING, row, null) : row;
        String reason =
                retried == 0 ? "no tenant has failed" : "failed tenants that get their next attempt: " + retried;
        answer(connection, row, next, EventType.ROLLOUT_RETRYING, verb, reason);
    }

    private boolean hasFailed(Connection connection, RolloutRow row) throws SQLException {
        return waves.all(connection, row.rollout()).stream()
                .anyMatch(wave -> wave.counts().failed() > 0);
    }

    private void answer(
            Connection connection,
            RolloutRow before,
            RolloutRow row,
            EventType type,
            Verb verb,
            @Nullable String reason)
            throws SQLException {
        RolloutRow said = events.append(connection, row, type, new Said(null, reason, verb.ref()));
        progress.write(connection, before, said);
    }

    /** The rollout of a verb, which must be in one of these states. */
    private RolloutRow locked(Connection connection, Verb verb, RolloutState... allowed)
            throws SQLException, RefusedException {
        String name = verb.data().rollout();
        RolloutRow row = rollouts.lock(connection, name)
                .filter(found -> found.group().equals(terms.group()))
                .orElseThrow(() -> new RefusedException(
                        ErrorCode.ROLLOUT_STATE,
                        "there is no rollout " + name + "; nothing was done: check the name, or start it"));
        if (!Set.of(allowed).contains(row.state())) {
            throw new RefusedException(
                    ErrorCode.ROLLOUT_STATE,
                    "rollout " + name + " is " + row.state().label() + "; nothing was done: "
                            + verb.data().action().wireName() + " is possible while a rollout is "
                            + String.join(
                                    ", ",
                                    List.of(allowed).stream()
                                            .map(RolloutState::label)
                                            .toList()));
        }
        return row;
    }
}

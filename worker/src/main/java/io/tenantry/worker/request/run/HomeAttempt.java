package io.tenantry.worker.request.run;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.worker.engine.history.BusyException;
import io.tenantry.worker.engine.history.ScriptFailure;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Wait;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead.Use;
import io.tenantry.worker.postgres.connection.DatabaseRefusedException;
import io.tenantry.worker.postgres.connection.DatabaseUnreachableException;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.LockedHome;
import io.tenantry.worker.request.GracePeriod;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.step.RequireHome;
import io.tenantry.worker.step.Step;
import io.tenantry.worker.step.StepResult;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one home: takes a permit of its server, a connection and the home's lock, runs the steps, and gives
 * everything back.
 */
final class HomeAttempt {
    private static final long LONGEST_WAIT_FOR_LOCK_MILLIS = 1000;
    /** query_canceled: an operator was in the way. */
    private static final String CANCELED = "57014";
    /** read_only_sql_transaction. */
    private static final String READ_ONLY = "25006";

    private final Request request;
    private final RequestContext context;
    private final HomeRun home;

    HomeAttempt(Request request, RequestContext context, HomeRun home) {
        this.request = request;
        this.context = context;
        this.home = home;
    }

    /**
     * Present if the home is not done with; else it has a result.
     *
     * @throws SQLException if the work failed in a way that may pass
     */
    Optional<NextAction> run() throws SQLException {
        Server server = home.work().server();
        ServerHealth health = context.health(server.name());
        // Thousands may wait for a server that is away: they do not queue for its connections, and may give up.
        Optional<Duration> left = health.pauseLeft();
        if (left.isPresent()) {
            home.abandon();
            return orGiveUp(health, left.get());
        }
        Optional<NextAction> full = home.acquire(request.data() instanceof TenantCreated ? Use.SIGNUP : Use.MIGRATION);
        if (full.isPresent()) {
            return full;
        }
        boolean busyElsewhere = false;
        try {
            Optional<Duration> pause = health.pause();
            if (pause.isPresent()) {
                return orGiveUp(health, pause.get());
            }
            Optional<NextAction> action = health.awaySince().isPresent() ? lookAgain(server, health) : Optional.empty();
            return action.isPresent() ? action : begin(server);
        } catch (BusyException busy) {
            if (busy.kind() == BusyException.Kind.HOME) {
                return Optional.of(locked());
            }
            if (busy.kind() == BusyException.Kind.RECEIVING) {
                return Optional.of(new NextAction.Snooze(jitter(), new Wait(WaitReason.MEMORY, home.place())));
            }
            busyElsewhere = true;
            Optional<NextAction> turn = home.awaitTurn(context.turns());
            return turn.isPresent()
                    ? turn
                    : Optional.of(new NextAction.Snooze(jitter(), new Wait(WaitReason.ONE_AT_A_TIME, home.place())));
        } catch (SQLException failure) {
            return afterFailure(server, health, failure);
        } finally {
            home.release();
            if (!busyElsewhere) {
                home.endTurn();
            }
        }
    }

    private Optional<NextAction> begin(Server server) throws SQLException {
        @Nullable Step provisioning = home.work().provisioning();
        if (provisioning != null && !provision(server, provisioning)) {
            return Optional.of(locked());
        }
        return home.result() == null ? work(server) : Optional.empty();
    }

    /** The server was away, and it is this attempt's turn to look: nothing is begun before a new session can write. */
    private Optional<NextAction> lookAgain(Server server, ServerHealth health) {
        Optional<String> away = whyAway(server);
        if (away.isPresent()) {
            return orGiveUp(health, health.away(away.get()));
        }
        health.answered();
        return Optional.empty();
    }

    /** Why the server, which is asked in a new session, cannot be worked with; empty if it can. */
    private static Optional<String> whyAway(Server server) {
        try {
            Optional<String> readOnly = server.whyReadOnly();
            // Those that were opened meanwhile stay as they are when the server can be written to again.
            readOnly.ifPresent(reason -> server.closeConnections());
            return readOnly;
        } catch (SQLException silent) {
            return Optional.of(String.valueOf(silent.getMessage()));
        }
    }

    /**
     * A script can raise any SQLSTATE, so none says that the server is away: the server is asked. If it is well, another
     * try is an attempt, which have an end.
     */
    private Optional<NextAction> afterFailure(Server server, ServerHealth health, SQLException failure)
            throws SQLException {
        if (failure instanceof SQLTransientConnectionException && !(failure instanceof DatabaseUnreachableException)) {
            // There was no session with the server's own database, or there may be none.
            return orGiveUp(health, health.away(String.valueOf(failure.getMessage())));
        }
        if (!isForTheServerToSay(failure)) {
            throw CANCELED.equals(failure.getSQLState()) && !(failure instanceof ScriptFailure)
                    ? new SQLTransientException(failure.getMessage(), CANCELED, failure)
                    : failure;
        }
        Optional<String> away = whyAway(server);
        if (away.isPresent()) {
            Duration pause = health.away(away.get());
            if (failure instanceof ScriptFailure script && script.kind() == ScriptFailure.Kind.SESSION_ENDED) {
                // The script may be what ended the server, and would again: the server is waited for, but the try
                // counts.
                throw failure;
            }
            return orGiveUp(health, pause);
        }
        if (failure instanceof ScriptFailure script && script.kind() == ScriptFailure.Kind.READ_ONLY_SCRIPT) {
            home.fail(script.error());
            return Optional.empty();
        }
        if (READ_ONLY.equals(failure.getSQLState())) {
            // It is older than the server's change of mind.
            server.closeConnections();
        }
        throw failure;
    }

    private static boolean isForTheServerToSay(SQLException failure) {
        if (failure instanceof ScriptFailure script) {
            return script.kind() != ScriptFailure.Kind.IN_THE_WAY;
        }
        if (failure instanceof DatabaseUnreachableException) {
            return true;
        }
        return !(failure instanceof SQLTransientException)
                && (failure.getSQLState() == null || SqlFailure.of(failure) == SqlFailure.SERVER_AWAY);
    }

    /** Returns false if somebody else provisions the home: come back later. */
    private boolean provision(Server server, Step provisioning) throws SQLException {
        // Ends before the home's own session begins: one permit, one connection.
        try (HomeSession session =
                HomeSession.openForProvisioning(server, home.work().home())) {
            Optional<LockedHome> locked = session.tryLock();
            if (locked.isPresent()) {
                home.provision(locked.get(), provisioning);
            }
            return locked.isPresent();
        }
    }

    private Optional<NextAction> work(Server server) throws SQLException {
        try (HomeSession session = HomeSession.open(server, home.work().home())) {
            HomeRun.Quick quick = home.runQuickly(session);
            if (quick instanceof HomeRun.Quick.Ended ended) {
                return afterSteps(ended.notYet());
            }
            Optional<LockedHome> locked = quick instanceof HomeRun.Quick.Busy ? Optional.empty() : session.tryLock();
            return locked.isPresent() ? afterSteps(home.run(locked.get())) : Optional.of(locked());
        } catch (DatabaseRefusedException refused) {
            home.fail(null, RequireHome.refused(home.work().home(), refused));
            return Optional.empty();
        }
    }

    private Optional<NextAction> afterSteps(Optional<StepResult.NotYet> notYet) {
        if (notYet.isEmpty()) {
            return Optional.empty();
        }
        GracePeriod grace = new GracePeriod(
                request.patience(), "version of " + home.work().home().database());
        Optional<Duration> wait = grace.nextWait(context.policy().worker().unknownTargetGrace(), context.nanoTime());
        if (wait.isPresent()) {
            return Optional.of(new NextAction.Snooze(
                    wait.get(),
                    new Wait(WaitReason.UNKNOWN_TARGET, notYet.get().error().message())));
        }
        home.fail(notYet.get().from(), notYet.get().error());
        return Optional.empty();
    }

    private Optional<NextAction> orGiveUp(ServerHealth health, Duration pause) {
        NextAction wait = new NextAction.Snooze(
                pause, new Wait(WaitReason.SERVER_AWAY, home.work().server().name()));
        // Lasts if the partition goes away and comes back; a request behind another of its tenant waits with that one.
        long begun = request.patience().since("server " + home.work().server().name(), request.receivedNanos());
        Duration patience = context.policy().retry().giveUpAfter();
        Optional<Instant> since = health.awaySince();
        Optional<Duration> away = health.awayFor();
        if (patience == null || since.isEmpty() || away.isEmpty()) {
            return Optional.of(wait);
        }
        Duration waited = Duration.ofNanos(context.nanoTime() - begun);
        if (away.get().compareTo(patience) < 0 || waited.compareTo(patience) < 0) {
            return Optional.of(wait);
        }
        home.fail(ResultError.of(
                ErrorCode.SERVER_UNAVAILABLE,
                "server " + home.work().server().name() + " has been away since " + since.get()
                        + ", longer than retry.give-up-after; "
                        + (home.hasBegun()
                                ? "work had begun, and what is known of it is said here: publish the request again when the server is back, it goes on from there"
                                : "nothing was done: publish the request again when it is back")));
        return Optional.empty();
    }

    private NextAction locked() {
        return new NextAction.Snooze(
                jitter(), new Wait(WaitReason.HOME_LOCKED, home.work().home().location()));
    }

    private static Duration jitter() {
        return Duration.ofMillis(
                ThreadLocalRandom.current().nextLong(LONGEST_WAIT_FOR_LOCK_MILLIS / 4, LONGEST_WAIT_FOR_LOCK_MILLIS));
    }
}

package io.tenantry.worker.request.run;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.history.ScriptFailure;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Wait;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.DatabaseUnreachableException;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.request.Request;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps attempts at a home from a server that is away, and finds out whether a failure means that it is. A wait for the
 * server is not a failed attempt; if it lasts too long, the home fails.
 */
final class ServerGuard {
    /** query_canceled: an operator was in the way. */
    private static final String CANCELED = "57014";
    /** read_only_sql_transaction. */
    private static final String READ_ONLY = "25006";

    private final Request request;
    private final RequestContext context;
    private final HomeRun home;
    private final Server server;
    private final ServerHealth health;

    ServerGuard(Request request, RequestContext context, HomeRun home) {
        this.request = request;
        this.context = context;
        this.home = home;
        this.server = home.work().server();
        this.health = context.health(server.name());
    }

    /** How long the server is left alone; empty if it is not known to be away, or it is time to look again. */
    Optional<Duration> pauseLeft() {
        return health.pauseLeft();
    }

    /**
     * The same for an attempt that has a permit. If it is time to look again, and this attempt is the one to do so, it
     * looks: nothing is begun before a new session can write.
     */
    Optional<Duration> pause() {
        Optional<Duration> pause = health.pause();
        if (pause.isPresent() || health.awaySince().isEmpty()) {
            return pause;
        }
        Optional<String> away = whyAway();
        if (away.isPresent()) {
            return Optional.of(health.away(away.get()));
        }
        health.answered();
        return Optional.empty();
    }

    /** Why a new session cannot work with the server; empty if it can. */
    private Optional<String> whyAway() {
        try {
            Optional<String> readOnly = server.whyReadOnly();
            // Sessions that are opened now stay read-only after the server can be written to again.
            readOnly.ifPresent(reason -> server.closeConnections());
            return readOnly;
        } catch (SQLException silent) {
            return Optional.of(String.valueOf(silent.getMessage()));
        }
    }

    /**
     * Waits for the server, or ends the home as failed if {@code retry.give-up-after} is over.
     *
     * @return empty if it has failed
     */
    Optional<NextAction> waitOrGiveUp(Duration pause) {
        // Lasts if the partition goes away and comes back; a request behind another of its tenant waits with that one.
        long begun = request.patience().since("server " + server.name(), request.receivedNanos());
        Duration waited = Duration.ofNanos(context.nanoTime() - begun);
        @Nullable Duration longest = context.policy().retry().giveUpAfter();
        Optional<Instant> since = health.awaySince();
        Optional<Duration> away = health.awayFor();
        if (longest == null
                || since.isEmpty()
                || away.isEmpty()
                || away.get().compareTo(longest) < 0
                || waited.compareTo(longest) < 0) {
            return Optional.of(new NextAction.Snooze(pause, new Wait(WaitReason.SERVER_AWAY, server.name())));
        }
        home.result().fail(gaveUp(since.get()));
        return Optional.empty();
    }

    private ResultError gaveUp(Instant since) {
        return ResultError.of(
                ErrorCode.SERVER_UNAVAILABLE,
                "server " + server.name() + " has been away since " + since + ", longer than retry.give-up-after; "
                        + (home.hasBegun()
                                ? "the work had begun, and this result has what is known of it: publish the request again"
                                        + " when the server is back, and the work continues from there"
                                : "nothing was done: publish the request again when the server is back"));
    }

    /**
     * Decides after a failure. A script can raise any SQLSTATE, so none proves that the server is away: the server is
     * asked. If it is well, the failure is an attempt's, and attempts are limited.
     *
     * @return what to wait for; empty if the home has failed
     * @throws SQLException if the attempt has failed
     */
    Optional<NextAction> afterFailure(SQLException failure) throws SQLException {
        if (failure instanceof SQLTransientConnectionException && !(failure instanceof DatabaseUnreachableException)) {
            // The pool has no session with the server's own database, and could not open one.
            return waitOrGiveUp(health.away(String.valueOf(failure.getMessage())));
        }
        if (!mayMeanAway(failure)) {
            throw CANCELED.equals(failure.getSQLState()) && !(failure instanceof ScriptFailure)
                    ? new SQLTransientException(failure.getMessage(), CANCELED, failure)
                    : failure;
        }
        @Nullable ScriptFailure script = failure instanceof ScriptFailure failed ? failed : null;
        Optional<String> away = whyAway();
        if (away.isPresent()) {
            Duration pause = health.away(away.get());
            if (script != null && script.kind() == ScriptFailure.Kind.SESSION_ENDED) {
                // The script may have ended the server, and would do so again: the attempt counts, and waits as well.
                throw failure;
            }
            return waitOrGiveUp(pause);
        }
        if (script != null && script.kind() == ScriptFailure.Kind.READ_ONLY_SCRIPT) {
            home.result().fail(script.error());
            return Optional.empty();
        }
        if (READ_ONLY.equals(failure.getSQLState())) {
            // The session was opened while the server was read-only.
            server.closeConnections();
        }
        throw failure;
    }

    private static boolean mayMeanAway(SQLException failure) {
        if (failure instanceof ScriptFailure script) {
            return script.kind() != ScriptFailure.Kind.IN_THE_WAY;
        }
        if (failure instanceof DatabaseUnreachableException) {
            return true;
        }
        return !(failure instanceof SQLTransientException)
                && (failure.getSQLState() == null || SqlFailure.of(failure) == SqlFailure.SERVER_AWAY);
    }
}

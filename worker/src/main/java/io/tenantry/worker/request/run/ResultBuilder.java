package io.tenantry.worker.request.run;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestType;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.engine.history.ScriptFailure;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.registry.RegisteredHome;
import io.tenantry.worker.registry.Registration;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RequestOutcome;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds the result of a request. */
final class ResultBuilder {
    private final Request request;
    private final String workerId;
    private @Nullable Instant startedAt;

    /**
     * What the registry learns of the homes.
     *
     * @param homes that were reached
     * @param unused the numbers of places that were chosen for this request, where no home was made
     */
    record Reached(List<RegisteredHome> homes, Set<Long> unused) {
        static final Reached NOTHING = new Reached(List.of(), Set.of());
    }

    ResultBuilder(Request request, String workerId) {
        this.request = request;
        this.workerId = workerId;
    }

    /** The first time counts. */
    void started(Instant now) {
        startedAt = startedAt == null ? now : startedAt;
    }

    /**
     * The outcome of the request.
     *
     * @param error of the request as a whole; null if its homes say all
     * @param reached what the registry learns
     */
    RequestOutcome outcome(
            List<DatabaseResult> results, @Nullable ResultError error, int attempts, Instant now, Reached reached) {
        @Nullable ResultError decisive = error != null
                ? error
                : results.stream()
                        .filter(result -> result.outcome() == Outcome.FAILED)
                        .map(DatabaseResult::error)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
        Outcome outcome;
        if (decisive != null) {
            outcome = Outcome.FAILED;
        } else {
            boolean changed = results.stream().anyMatch(result -> result.outcome() == Outcome.COMPLETED);
            outcome = changed ? Outcome.COMPLETED : Outcome.UP_TO_DATE;
        }
        return new RequestOutcome(
                type(outcome), result(outcome, decisive, results, attempts, now), registration(outcome, reached));
    }

    /**
     * The outcome of a request whose rollout was halted or aborted before the request began.
     *
     * @param homes none of which was attempted
     * @param attempts how many have failed before anything was begun
     */
    RequestOutcome skipped(List<DatabaseResult> homes, int attempts, Instant now) {
        ResultError reason = ResultError.of(
                ErrorCode.ROLLOUT_HALTED,
                "the rollout was halted or aborted before the work began here; nothing was done: resume the rollout, or"
                        + " publish a migration.requested of its own");
        return new RequestOutcome(
                EventType.MIGRATION_SKIPPED,
                result(Outcome.SKIPPED, reason, homes, attempts, now),
                registration(Outcome.SKIPPED, Reached.NOTHING));
    }

    private TenantResult result(
            Outcome outcome, @Nullable ResultError error, List<DatabaseResult> results, int attempts, Instant now) {
        return new TenantResult(
                request.data().tenant(),
                request.data().database(),
                request.ref(),
                request.data().rollout(),
                outcome,
                error,
                results,
                attempts,
                workerId,
                startedAt == null ? now : startedAt,
                now);
    }

    private EventType type(Outcome outcome) {
        RequestType type = request.data().type();
        return outcome == Outcome.FAILED ? type.failed() : type.succeeded();
    }

    private Registration registration(Outcome outcome, Reached reached) {
        boolean failed = outcome == Outcome.FAILED;
        boolean onboarded = switch (request.data().type()) {
            case ONBOARDING -> !failed || !reached.homes().isEmpty();
            case MIGRATION -> false;
        };
        return new Registration(
                request.data().tenant(),
                onboarded,
                request.data().attributes(),
                reached.homes(),
                failed ? reached.unused() : Set.of());
    }

    /** What the last of several failed attempts means. */
    static ResultError error(Exception cause) {
        if (cause instanceof ScriptFailure script) {
            return script.error();
        }
        SQLException sql = SqlFailure.sqlCause(cause);
        if (sql == null) {
            return ResultError.of(ErrorCode.INTERNAL, cause.getClass().getSimpleName() + ": " + cause.getMessage());
        }
        return new ResultError(code(sql), String.valueOf(sql.getMessage()), sql.getSQLState(), null, null, null);
    }

    private static ErrorCode code(SQLException failure) {
        if ("55P03".equals(failure.getSQLState())) {
            return ErrorCode.LOCK_TIMEOUT;
        }
        return switch (SqlFailure.of(failure)) {
            case TRANSIENT -> ErrorCode.MIGRATION_FAILED;
            case SERVER_AWAY -> ErrorCode.SERVER_UNAVAILABLE;
            case PERMANENT -> ErrorCode.INTERNAL;
        };
    }
}

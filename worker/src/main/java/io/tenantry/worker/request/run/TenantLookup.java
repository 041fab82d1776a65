package io.tenantry.worker.request.run;

import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Wait;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.registry.TenantRecord;
import io.tenantry.worker.registry.rollout.AttemptHalts;
import io.tenantry.worker.request.Request;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the registry about a request. The request holds no thread while it waits for the answer. For use by one thread
 * at a time.
 */
final class TenantLookup {
    private static final Wait REGISTRY_AWAY = new Wait(WaitReason.REGISTRY_AWAY, "registry");
    private static final Wait REGISTRY_ANSWER = new Wait(WaitReason.REGISTRY_ANSWER, "registry");

    private final Request request;
    private final RequestContext context;
    /** Null unless the registry was asked, and its answer has not been read. */
    private @Nullable CompletableFuture<TenantRecord> asked;
    /** In the last answer; null if no rollout sent the request. */
    private @Nullable AttemptHalts halts;

    /** What is known now. */
    sealed interface State {
        /** Nothing: this is what to wait for before the next call. */
        record Waiting(NextAction action) implements State {}

        /** The registry's answer. */
        record Known(TenantRecord tenant) implements State {}
    }

    TenantLookup(Request request, RequestContext context) {
        this.request = request;
        this.context = context;
    }

    /**
     * Asks, or reads the answer; to be called again after each wait.
     *
     * @throws SQLException if the registry is well, and the question itself failed
     */
    State next() throws SQLException {
        return next(REGISTRY_ANSWER);
    }

    /**
     * The same for a request that was looked up before.
     *
     * @param waited what it waited for before this, and still does while the registry is asked; null if nothing
     */
    State again(@Nullable Wait waited) throws SQLException {
        return next(waited == null ? REGISTRY_ANSWER : waited);
    }

    private State next(Wait why) throws SQLException {
        ServerHealth health = context.registryHealth();
        CompletableFuture<TenantRecord> answer = asked;
        if (answer == null) {
            Optional<Duration> pause = health.pause();
            return new State.Waiting(pause.isPresent() ? new NextAction.Snooze(pause.get(), REGISTRY_AWAY) : ask(why));
        }
        asked = null;
        try {
            TenantRecord known = read(answer);
            health.answered();
            halts = known.halts();
            return new State.Known(known);
        } catch (SQLException failure) {
            Optional<Duration> away = health.pauseUnlessAboutTheWork(failure);
            if (away.isEmpty()) {
                throw failure;
            }
            return new State.Waiting(new NextAction.Snooze(away.get(), REGISTRY_AWAY));
        }
    }

    /**
     * Whether the request is to be looked up {@link #again} before it begins, or was and the answer has not been read. Only the
     * answer to a request of a rollout becomes outdated, because the rollout may be halted.
     */
    boolean isOutdated() {
        return asked != null
                || (halts != null && context.halts().mustAsk(rollout(), halts.ofAttempt(), context.nanoTime()));
    }

    private NextAction ask(Wait why) {
        long now = context.nanoTime();
        CompletableFuture<TenantRecord> answer = context.lookUp(request).thenApply(known -> seen(known, now));
        asked = answer;
        return new NextAction.Await(
                callback -> {
                    var unused = answer.whenComplete((known, failure) -> callback.run());
                },
                why);
    }

    /** Also for the other requests of the rollout, before this one has a thread to read it. */
    private TenantRecord seen(TenantRecord known, long askedNanos) {
        AttemptHalts now = known.halts();
        if (now != null) {
            context.halts().answered(rollout(), now.ofRollout(), askedNanos);
        }
        return known;
    }

    private String rollout() {
        return Objects.requireNonNullElse(request.data().rollout(), "");
    }

    private static TenantRecord read(CompletableFuture<TenantRecord> answer) throws SQLException {
        try {
            return answer.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof SQLException known) {
                throw known;
            }
            if (failure.getCause() instanceof Error broken) {
                throw broken;
            }
            throw failure;
        }
    }
}

package io.tenantry.worker.request.run;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.lane.Wait;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.registry.Placements;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.TenantRecord;
import io.tenantry.worker.request.GracePeriod;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RequestOutcome;
import io.tenantry.worker.request.Resolution;
import io.tenantry.worker.telemetry.LogFields;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One request, over all attempts, until its outcome. A later attempt continues at the first home without a result. */
final class RequestRun implements Task {
    private final Request request;
    private final RequestContext context;
    private final TenantLookup lookup;
    private final ResultBuilder results;
    private final int failedBefore;
    private int attempt;
    /** Empty until the registry has answered. */
    private HomeRuns homes = HomeRuns.NONE;
    /** The servers that were chosen for homes of a signup; none until the registry has answered. */
    private Placements placed = Placements.NONE;
    /** What the homes waited for before this run; null if nothing. */
    private @Nullable Wait waited;

    private boolean begun;
    private boolean resolved;

    RequestRun(Request request, RequestContext context) {
        this.request = request;
        this.context = context;
        this.lookup = new TenantLookup(request, context);
        this.results = new ResultBuilder(request, context.workerId());
        this.failedBefore = request.patience().failed();
        this.attempt = failedBefore + 1;
    }

    @Override
    public String lane() {
        return request.key();
    }

    @Override
    public Priority priority() {
        return LaneTurn.of(request.data().type()).priority();
    }

    @Override
    public String kind() {
        return request.ref().type();
    }

    @Override
    public Set<String> overtakes() {
        return LaneTurn.of(request.data().type()).overtakes();
    }

    @Override
    public Map<String, String> logFields() {
        return LogFields.of(request.ref(), request.key(), request.traceparent()).map();
    }

    @Override
    public int failedBefore() {
        return failedBefore;
    }

    @Override
    public void failed() {
        request.patience().attemptFailed();
    }

    @Override
    public boolean wanted() {
        return request.owned();
    }

    @Override
    public void abandoned() {
        homes.endReservations();
        context.outcomes().abandoned(request);
    }

    @Override
    public NextAction run() {
        begin();
        try {
            Optional<NextAction> early = resolved ? Optional.empty() : resolve();
            early = early.isPresent() ? early : skipIfHalted();
            if (early.isPresent()) {
                return early.get();
            }
            NextAction next = workOnHomes();
            waited = next instanceof NextAction.Waiting waiting ? waiting.why() : null;
            return next;
        } catch (SQLException failure) {
            if (SqlFailure.of(failure) == SqlFailure.PERMANENT) {
                exhausted(failure, attempt);
                return new NextAction.Finished();
            }
            attempt++;
            context.countRetry(failure);
            return new NextAction.Retry(failure);
        }
    }

    private void begin() {
        results.started(context.now());
        if (!begun) {
            begun = true;
            context.meters()
                    .queued(request.typeLabel(), Duration.ofNanos(context.nanoTime() - request.receivedNanos()));
        }
    }

    /** Finds the homes to work on. Present if the work does not begin now. */
    private Optional<NextAction> resolve() throws SQLException {
        TenantLookup.State state = lookup.next();
        if (state instanceof TenantLookup.State.Waiting waiting) {
            return Optional.of(waiting.action());
        }
        TenantRecord known = ((TenantLookup.State.Known) state).tenant();
        if (known.recorded().isPresent()) {
            return Optional.of(answeredBefore(known.recorded().get()));
        }
        placed = known.placements();
        Resolution resolution = context.resolve(request.data(), known);
        if (known.halted()) {
            return Optional.of(skip(HomeRuns.of(resolution, known, context.meters())));
        }
        return begin(resolution, known);
    }

    /**
     * Asks the registry again before a request of a rollout begins, if it has waited for a thread or for something else: the
     * rollout may have been halted meanwhile. What has begun goes on. Present if the work does not begin now.
     */
    private Optional<NextAction> skipIfHalted() throws SQLException {
        if (homes.haveBegun() || !lookup.isOutdated()) {
            return Optional.empty();
        }
        TenantLookup.State state = lookup.again(waited);
        if (state instanceof TenantLookup.State.Waiting waiting) {
            if (waiting.action() instanceof NextAction.Timed) {
                homes.endReservations();
            }
            return Optional.of(waiting.action());
        }
        TenantRecord known = ((TenantLookup.State.Known) state).tenant();
        if (known.recorded().isPresent()) {
            return Optional.of(answeredBefore(known.recorded().get()));
        }
        return known.halted() ? Optional.of(skip(homes)) : skipIfHalted();
    }

    private NextAction answeredBefore(Recorded recorded) {
        homes.endReservations();
        context.outcomes().answeredBefore(request, recorded);
        return new NextAction.Finished();
    }

    private NextAction skip(HomeRuns untouched) {
        homes.endReservations();
        context.outcomes().finished(request, results.skipped(untouched.results(), attempt - 1, context.now()));
        return new NextAction.Finished();
    }

    private Optional<NextAction> begin(Resolution resolution, TenantRecord known) {
        if (resolution instanceof Resolution.Work work) {
            if (!request.isAdmitted(servers(work))) {
                return Optional.of(new NextAction.Finished());
            }
            homes = HomeRuns.of(work, known, context.meters());
            resolved = true;
            return Optional.empty();
        }
        if (resolution instanceof Resolution.NotYet notYet) {
            return Optional.of(awaitTenant(notYet));
        }
        return Optional.of(finish(((Resolution.Refused) resolution).error()));
    }

    /**
     * The grace period is for a signup that may not be published yet. It does not run while this worker has the signup
     * parked.
     */
    private NextAction awaitTenant(Resolution.NotYet notYet) {
        GracePeriod grace = new GracePeriod(request.patience(), "tenant");
        if (request.isSignupParked()) {
            return new NextAction.StepAside(
                    grace.postpone(),
                    new Wait(
                            WaitReason.UNKNOWN_TENANT,
                            "its signup was read, and waits for room at a server that is away or has much to do"));
        }
        Optional<Duration> wait = grace.nextWait(context.policy().worker().unknownTenantGrace(), context.nanoTime());
        return wait.isPresent()
                ? new NextAction.StepAside(
                        wait.get(),
                        new Wait(WaitReason.UNKNOWN_TENANT, notYet.error().message()))
                : finish(notYet.error());
    }

    private static Set<String> servers(Resolution.Work work) {
        return work.homes().stream().map(home -> home.server().name()).collect(Collectors.toSet());
    }

    private NextAction workOnHomes() throws SQLException {
        for (HomeRun home : homes.homes()) {
            if (!home.isDone()) {
                Optional<NextAction> early = new HomeAttempt(request, context, home).run();
                if (early.isPresent()) {
                    return early.get();
                }
            }
            if (home.result().hasFailed()) {
                break;
            }
        }
        return finish(null);
    }

    @Override
    public void exhausted(Exception cause, int attempts) {
        attempt = attempts;
        try {
            fail(ResultBuilder.error(cause));
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (RuntimeException | Error bug) {
            bug.addSuppressed(cause);
            context.outcomes().unanswerable(request, bug);
        }
    }

    private void fail(ResultError error) {
        homes.fail(error);
        finish(homes.isEmpty() ? error : null);
    }

    private NextAction finish(@Nullable ResultError error) {
        ResultBuilder.Reached reached = new ResultBuilder.Reached(homes.registered(), homes.unused(placed));
        RequestOutcome outcome = results.outcome(homes.results(), error, attempt, context.now(), reached);
        context.outcomes().finished(request, outcome);
        return new NextAction.Finished();
    }
}

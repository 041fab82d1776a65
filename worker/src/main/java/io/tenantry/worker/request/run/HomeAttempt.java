package io.tenantry.worker.request.run;

import io.tenantry.worker.engine.history.BusyException;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Wait;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead.Use;
import io.tenantry.worker.postgres.connection.DatabaseRefusedException;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.LockedHome;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.request.GracePeriod;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.step.RequireHome;
import io.tenantry.worker.step.Step;
import io.tenantry.worker.step.StepResult;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one home: takes a permit of its server and a connection, tries the fast path, takes the home's lock
 * and runs the steps if no plan applies, and gives everything back.
 */
final class HomeAttempt {
    private static final long LONGEST_WAIT_FOR_LOCK_MILLIS = 1000;

    private final Request request;
    private final RequestContext context;
    private final HomeRun run;
    private final HomeReservation reservation;
    private final ServerGuard guard;

    HomeAttempt(Request request, RequestContext context, HomeRun run) {
        this.request = request;
        this.context = context;
        this.run = run;
        this.reservation = run.reservation();
        this.guard = new ServerGuard(request, context, run);
    }

    /**
     * Runs it. Present if the home has no result yet: what happens next.
     *
     * @throws SQLException if the attempt has failed, and another one may help
     */
    Optional<NextAction> run() throws SQLException {
        Optional<Duration> away = guard.pauseLeft();
        if (away.isPresent()) {
            // Thousands may wait for a server that is away: they do not queue for its connections, and may give up.
            reservation.end();
            return guard.waitOrGiveUp(away.get());
        }
        Optional<NextAction> full = reservation.acquirePermit(use());
        if (full.isPresent()) {
            return full;
        }
        boolean keepsTurn = false;
        try {
            Optional<Duration> pause = guard.pause();
            return pause.isPresent() ? guard.waitOrGiveUp(pause.get()) : begin();
        } catch (BusyException busy) {
            keepsTurn = busy.kind() == BusyException.Kind.OUTSIDE_TRANSACTION;
            return Optional.of(afterBusy(busy.kind()));
        } catch (SQLException failure) {
            return guard.afterFailure(failure);
        } finally {
            reservation.releasePermit();
            if (!keepsTurn) {
                reservation.endTurn();
            }
        }
    }

    private Use use() {
        return switch (request.data().type()) {
            case ONBOARDING -> Use.SIGNUP;
            case MIGRATION -> Use.MIGRATION;
        };
    }

    private NextAction afterBusy(BusyException.Kind kind) {
        return switch (kind) {
            case HOME -> locked();
            case RECEIVING -> new NextAction.Snooze(jitter(), new Wait(WaitReason.MEMORY, reservation.database()));
            case OUTSIDE_TRANSACTION ->
                reservation
                        .awaitTurn(context.turns())
                        .orElseGet(() -> new NextAction.Snooze(
                                jitter(), new Wait(WaitReason.ONE_AT_A_TIME, reservation.database())));
        };
    }

    private Optional<NextAction> begin() throws SQLException {
        @Nullable Step provisioning = run.work().provisioning();
        if (provisioning != null && !provision(provisioning)) {
            return Optional.of(locked());
        }
        return run.isDone() ? Optional.empty() : new VerifiedWork(context.verification(), run).run(this::work);
    }

    /** Returns false if another worker provisions the home: come back later. */
    private boolean provision(Step provisioning) throws SQLException {
        // Its session ends before the one in the home begins: one permit, one connection.
        try (HomeSession session = HomeSession.openForProvisioning(server(), home())) {
            Optional<LockedHome> locked = session.tryLock();
            if (locked.isPresent()) {
                run.provision(locked.get(), provisioning);
            }
            return locked.isPresent();
        }
    }

    private Optional<NextAction> work() throws SQLException {
        try (HomeSession session = HomeSession.open(server(), home())) {
            if (context.isOfRollout(request)) {
                context.session(
                        request, server().name(), session.pid(), run.work().tracker()::running);
            }
            HomeRun.FastEnd fast = run.runFastPath(session);
            if (fast instanceof HomeRun.FastEnd.Concluded concluded) {
                return afterSteps(concluded.notYet());
            }
            if (fast instanceof HomeRun.FastEnd.Busy) {
                return Optional.of(locked());
            }
            Optional<LockedHome> locked = session.tryLock();
            return locked.isPresent() ? afterSteps(run.runSteps(locked.get())) : Optional.of(locked());
        } catch (DatabaseRefusedException refused) {
            run.result().fail(RequireHome.refused(home(), refused));
            return Optional.empty();
        }
    }

    private Optional<NextAction> afterSteps(Optional<StepResult.NotYet> notYet) {
        if (notYet.isEmpty()) {
            return Optional.empty();
        }
        GracePeriod grace = new GracePeriod(request.patience(), "version of " + home().database());
        Optional<Duration> wait = grace.nextWait(context.policy().worker().unknownTargetGrace(), context.nanoTime());
        if (wait.isPresent()) {
            return Optional.of(new NextAction.Snooze(
                    wait.get(),
                    new Wait(WaitReason.UNKNOWN_TARGET, notYet.get().error().message())));
        }
        run.result().fail(notYet.get().from(), notYet.get().error());
        return Optional.empty();
    }

    private NextAction locked() {
        return new NextAction.Snooze(jitter(), new Wait(WaitReason.HOME_LOCKED, home().location()));
    }

    private static Duration jitter() {
        return Duration.ofMillis(
                ThreadLocalRandom.current().nextLong(LONGEST_WAIT_FOR_LOCK_MILLIS / 4, LONGEST_WAIT_FOR_LOCK_MILLIS));
    }

    private TenantHome home() {
        return run.work().home();
    }

    private Server server() {
        return run.work().server();
    }
}

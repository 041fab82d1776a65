package io.tenantry.worker.step;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.worker.engine.BusyException;
import io.tenantry.worker.lane.Verdict;
import io.tenantry.worker.lane.Wait;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.postgres.ConnectionBulkhead.Use;
import io.tenantry.worker.postgres.DatabaseRefusedException;
import io.tenantry.worker.postgres.HomeSession;
import io.tenantry.worker.postgres.LockedHome;
import io.tenantry.worker.postgres.Server;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One attempt at one home: a permit of its server, a connection, the home's lock, the steps; and all given back. */
final class HomeAttempt {
    private static final long LONGEST_WAIT_FOR_LOCK_MILLIS = 1000;

    private final Request request;
    private final RequestRunner runner;
    private final HomeRun home;

    HomeAttempt(Request request, RequestRunner runner, HomeRun home) {
        this.request = request;
        this.runner = runner;
        this.home = home;
    }

    /**
     * Present if the home is not done with; else it has a result.
     *
     * @throws SQLException if the work failed in a way that may pass
     */
    Optional<Verdict> run() throws SQLException {
        Server server = home.work().server();
        ServerHealth health = runner.health(server.name());
        // Thousands may wait for a server that is away: they do not queue for its connections, and may give up.
        Optional<Duration> left = health.pauseLeft();
        if (left.isPresent()) {
            home.release();
            return orGiveUp(health, new Verdict.Snooze(left.get(), away(server)));
        }
        Optional<Verdict> full = home.acquire(request.data() instanceof TenantCreated ? Use.SIGNUP : Use.MIGRATION);
        if (full.isPresent()) {
            return full;
        }
        try {
            Optional<Duration> pause = health.pause();
            if (pause.isPresent()) {
                return orGiveUp(health, new Verdict.Snooze(pause.get(), away(server)));
            }
            @Nullable Step provisioning = home.work().provisioning();
            if (provisioning != null && !provision(server, provisioning)) {
                return Optional.of(locked());
            }
            return home.result() == null ? work(server, health) : Optional.empty();
        } catch (SQLException failure) {
            Optional<Duration> away = health.pauseAfter(failure);
            if (away.isEmpty()) {
                throw failure;
            }
            return orGiveUp(health, new Verdict.Snooze(away.get(), away(server)));
        } finally {
            home.release();
        }
    }

    /** Returns false if somebody else provisions the home: come back later. */
    private boolean provision(Server server, Step provisioning) throws SQLException {
        // Ends before the home's own session begins: one permit, one connection.
        try (HomeSession session = server.openForProvisioning(home.work().home())) {
            Optional<LockedHome> locked = session.tryLock();
            if (locked.isPresent()) {
                home.provision(locked.get(), provisioning);
            }
            return locked.isPresent();
        }
    }

    private Optional<Verdict> work(Server server, ServerHealth health) throws SQLException {
        try (HomeSession session = server.open(home.work().home())) {
            HomeRun.Quick quick = home.runQuickly(session);
            health.answered();
            if (quick instanceof HomeRun.Quick.Ended ended) {
                return afterSteps(ended.notYet());
            }
            Optional<LockedHome> locked = quick instanceof HomeRun.Quick.Busy ? Optional.empty() : session.tryLock();
            return locked.isPresent() ? afterSteps(home.run(locked.get())) : Optional.of(locked());
        } catch (BusyException busy) {
            return Optional.of(new Verdict.Snooze(jitter(), new Wait(WaitReason.ONE_AT_A_TIME, server.name())));
        } catch (DatabaseRefusedException refused) {
            health.answered();
            home.fail(null, RequireHome.refused(home.work().home(), refused));
            return Optional.empty();
        }
    }

    private Optional<Verdict> afterSteps(Optional<StepResult.NotYet> notYet) {
        if (notYet.isEmpty()) {
            return Optional.empty();
        }
        Grace grace =
                new Grace(request.patience(), "version of " + home.work().home().database());
        Optional<Duration> wait = grace.nextWait(runner.policy().worker().unknownTargetGrace(), runner.nanoTime());
        if (wait.isPresent()) {
            return Optional.of(new Verdict.Snooze(
                    wait.get(),
                    new Wait(WaitReason.UNKNOWN_TARGET, notYet.get().error().message())));
        }
        home.fail(notYet.get().from(), notYet.get().error());
        return Optional.empty();
    }

    private Optional<Verdict> orGiveUp(ServerHealth health, Verdict wait) {
        Duration patience = runner.policy().retry().giveUpAfter();
        Optional<Instant> since = health.awaySince();
        Optional<Duration> away = health.awayFor();
        if (patience == null || since.isEmpty() || away.isEmpty()) {
            return Optional.of(wait);
        }
        Duration received = Duration.ofNanos(runner.nanoTime() - request.receivedNanos());
        if (away.get().compareTo(patience) < 0 || received.compareTo(patience) < 0) {
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

    private static Wait away(Server server) {
        return new Wait(WaitReason.SERVER_AWAY, server.name());
    }

    private Verdict locked() {
        return new Verdict.Snooze(
                jitter(), new Wait(WaitReason.HOME_LOCKED, home.work().home().location()));
    }

    private static Duration jitter() {
        return Duration.ofMillis(
                ThreadLocalRandom.current().nextLong(LONGEST_WAIT_FOR_LOCK_MILLIS / 4, LONGEST_WAIT_FOR_LOCK_MILLIS));
    }
}

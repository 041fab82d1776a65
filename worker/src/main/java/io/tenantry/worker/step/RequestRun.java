package io.tenantry.worker.step;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.lane.Verdict;
import io.tenantry.worker.postgres.ConnectionBulkhead;
import io.tenantry.worker.postgres.LockedHome;
import io.tenantry.worker.postgres.Server;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.registry.TenantRecord;
import io.tenantry.worker.telemetry.Outage;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request on its way to its outcome, over all attempts; a later attempt goes on at the home that failed. */
final class RequestRun implements Task {
    private static final Logger LOG = LoggerFactory.getLogger(RequestRun.class);
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final Request request;
    private final RequestRunner runner;
    private final Report report;
    private List<HomeRun> homes = List.of();
    private boolean resolved;
    private int attempt = 1;
    private @Nullable Instant notYetSince;
    /** Whose callback it waits for, or has had and not used; null if it does neither. */
    private @Nullable ConnectionBulkhead awaited;

    RequestRun(Request request, RequestRunner runner) {
        this.request = request;
        this.runner = runner;
        this.report = new Report(request, runner.parts().workerId());
    }

    @Override
    public String lane() {
        return request.key();
    }

    @Override
    public Priority priority() {
        return request.data() instanceof TenantCreated ? Priority.INTERACTIVE : Priority.BULK;
    }

    @Override
    public boolean wanted() {
        return request.owned();
    }

    @Override
    public void abandoned() {
        passOn();
        runner.parts().outcomes().abandoned(request);
    }

    @Override
    public Verdict run() {
        report.started(runner.parts().clock().instant());
        if (!resolved) {
            Optional<Verdict> early = resolve();
            if (early.isPresent()) {
                return early.get();
            }
        }
        for (HomeRun home : homes) {
            if (home.result() == null) {
                Optional<Verdict> early = work(home);
                if (early.isPresent()) {
                    return early.get();
                }
            }
            if (home.result() != null && home.result().outcome() == Outcome.FAILED) {
                break;
            }
        }
        return finish(null);
    }

    /** Asks the registry what the request means. Present if the work cannot begin now. */
    private Optional<Verdict> resolve() {
        Outage outage = runner.registryOutage();
        Optional<Duration> pause = outage.pause();
        if (pause.isPresent()) {
            return Optional.of(new Verdict.Snooze(pause.get()));
        }
        TenantRecord known;
        try {
            known = runner.parts().registry().lookUp(request.ref(), request.key());
            outage.back();
        } catch (SQLException failure) {
            return Optional.of(afterFailure(failure, outage));
        }
        if (known.recorded().isPresent()) {
            runner.parts().outcomes().answeredBefore(request, known.recorded().get());
            return Optional.of(new Verdict.Finished());
        }
        Resolution resolution = runner.resolve(request.data(), known);
        if (resolution instanceof Resolution.Work work) {
            homes = work.homes().stream().map(HomeRun::new).toList();
            resolved = true;
            notYetSince = null;
            return Optional.empty();
        }
        if (resolution instanceof Resolution.NotYet notYet) {
            Optional<Duration> wait = waitFor(runner.parts().policy().worker().unknownTenantGrace());
            return Optional.of(wait.isPresent() ? new Verdict.StepAside(wait.get()) : finish(notYet.error()));
        }
        return Optional.of(finish(((Resolution.Refused) resolution).error()));
    }

    /** Works on one home. Present if it is not done with; else it has a result. */
    private Optional<Verdict> work(HomeRun home) {
        Server server = home.work().server();
        Outage outage = runner.serverOutage(server.name());
        Optional<Duration> pause = outage.pause();
        if (pause.isPresent()) {
            if (hasGivenUp(home, outage)) {
                passOn();
                return Optional.empty();
            }
            return Optional.of(new Verdict.Snooze(pause.get()));
        }
        if (!server.bulkhead().tryAcquire()) {
            awaited = server.bulkhead();
            return Optional.of(new Verdict.Await(server.bulkhead()::whenFree));
        }
        awaited = null;
        try {
            Optional<LockedHome> locked = server.tryLock(home.work().home());
            outage.back();
            if (locked.isEmpty()) {
                return Optional.of(new Verdict.Snooze(jitter(LONGEST_WAIT)));
            }
            try (LockedHome mine = locked.get()) {
                return afterSteps(home, home.run(mine));
            }
        } catch (SQLException failure) {
            Verdict verdict = afterFailure(failure, outage);
            return verdict instanceof Verdict.Snooze && hasGivenUp(home, outage)
                    ? Optional.empty()
                    : Optional.of(verdict);
        } finally {
            server.bulkhead().release();
        }
    }

    /** Lets the next one have the permit that this one was called for. */
    private void passOn() {
        ConnectionBulkhead bulkhead = awaited;
        awaited = null;
        if (bulkhead != null) {
            bulkhead.passOn();
        }
    }

    private Optional<Verdict> afterSteps(HomeRun home, Optional<StepResult.NotYet> notYet) {
        if (notYet.isEmpty()) {
            return Optional.empty();
        }
        Optional<Duration> wait = waitFor(runner.parts().policy().worker().unknownTargetGrace());
        if (wait.isPresent()) {
            return Optional.of(new Verdict.Snooze(wait.get()));
        }
        home.fail(notYet.get().from(), notYet.get().error());
        return Optional.empty();
    }

    private Verdict afterFailure(SQLException failure, Outage outage) {
        if (SqlFailure.of(failure) == SqlFailure.SERVER_AWAY) {
            outage.away(String.valueOf(failure.getMessage()));
            return new Verdict.Snooze(outage.pause().orElse(SHORTEST_WAIT));
        }
        outage.back();
        attempt++;
        runner.parts().meters().retry(String.valueOf(SqlFailure.of(failure)).toLowerCase(Locale.ROOT));
        return new Verdict.Retry(failure);
    }

    private boolean hasGivenUp(HomeRun home, Outage outage) {
        Duration patience = runner.parts().policy().retry().giveUpAfter();
        Optional<Instant> since = outage.since();
        if (patience == null || since.isEmpty()) {
            return false;
        }
        Instant end = later(since.get(), request.receivedAt()).plus(patience);
        if (runner.parts().clock().instant().isBefore(end)) {
            return false;
        }
        home.fail(
                null,
                ResultError.of(
                        ErrorCode.SERVER_UNAVAILABLE,
                        "server " + home.work().server().name() + " has been away since " + since.get()
                                + ", longer than retry.give-up-after; nothing was done: publish the request again when it is back"));
        return true;
    }

    /** The wait before the next look, growing; empty when the grace is over. */
    private Optional<Duration> waitFor(Duration grace) {
        Instant now = runner.parts().clock().instant();
        Instant since = notYetSince == null ? now : notYetSince;
        notYetSince = since;
        Duration waited = Duration.between(since, now);
        if (waited.compareTo(grace) >= 0) {
            return Optional.empty();
        }
        Duration wait = waited.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : waited;
        Duration left = grace.minus(waited);
        Duration bounded = wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
        return Optional.of(bounded.compareTo(left) < 0 ? bounded : left);
    }

    @Override
    public void exhausted(Exception cause, int attempts) {
        attempt = attempts;
        ResultError error = Report.error(cause);
        for (HomeRun home : homes) {
            if (home.result() == null) {
                home.fail(null, error);
                break;
            }
        }
        finish(homes.isEmpty() ? error : null);
    }

    private Verdict finish(@Nullable ResultError error) {
        List<DatabaseResult> results = homes.stream()
                .map(home -> home.result() == null ? home.notAttempted() : home.result())
                .toList();
        RequestOutcome outcome =
                report.outcome(results, error, attempt, runner.parts().clock().instant(), homes);
        log(outcome);
        runner.parts().outcomes().finished(request, outcome);
        return new Verdict.Finished();
    }

    private void log(RequestOutcome outcome) {
        ResultError error = outcome.result().error();
        if (error == null) {
            LOG.debug(
                    "{} of {}: {}",
                    outcome.type().type(),
                    request.key(),
                    outcome.result().outcome().wireName());
        } else {
            LOG.warn(
                    "{} of {}: {}: {}",
                    outcome.type().type(),
                    request.key(),
                    error.code().code(),
                    error.message());
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Duration jitter(Duration upTo) {
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(upTo.toMillis() / 4, upTo.toMillis()));
    }
}

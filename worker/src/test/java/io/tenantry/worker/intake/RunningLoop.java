package io.tenantry.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.config.RetrySettings;
import io.tenantry.worker.intake.admission.MemoryLimits;
import io.tenantry.worker.lane.Backoff;
import io.tenantry.worker.lane.Lanes;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.lane.Waits;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.Registration;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.rollout.Rollouts;
import io.tenantry.worker.settle.Publisher;
import io.tenantry.worker.settle.SettlementStore;
import io.tenantry.worker.settle.Settler;
import io.tenantry.worker.telemetry.Health;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import io.tenantry.worker.telemetry.Outages;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** A poll loop on a thread of its own, with a real broker and without a registry. */
public final class RunningLoop implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final CompletableFuture<Void> end;
    private final Lanes lanes = new Lanes(
            2,
            new Backoff(new RetrySettings(1, Duration.ofMillis(1), Duration.ofMillis(1), null)),
            new Waits(reason -> {}),
            RunningLoop::fail);
    private final Outages outages = new Outages(new Health(), Clock.systemUTC(), System::nanoTime);
    private final Outage away = outages.of("the servers of this test", "it fails", Health.Condition.KAFKA);
    private final Settler settler;
    private final Publisher publisher;
    private final PollLoop loop;

    /**
     * Starts it.
     *
     * @param name part of its transactional id
     * @param task makes the task of a request, which gives its outcome to the settler
     * @param longestDoubt see {@link Publisher}
     */
    public RunningLoop(
            KafkaSettings kafka,
            String name,
            Meters meters,
            BiFunction<Request, Settler, Task> task,
            Rollouts rollouts,
            Duration longestDoubt) {
        this.settler = new Settler(new NoStore(), away, meters, "/test", signup -> false, RunningLoop::fail);
        this.publisher = new Publisher(kafka, kafka.groupId() + "-" + name, away, meters.libraries(), longestDoubt);
        this.loop = new PollLoop(new PollLoopParts(
                kafka,
                request -> task.apply(request, settler),
                request -> Set.of("main"),
                MemoryLimits.of(256 << 20, 1),
                lanes,
                settler,
                rollouts,
                publisher,
                meters,
                new Alarms(away, new Health(), () -> {}, RunningLoop::fail),
                System::nanoTime));
        this.end = CompletableFuture.runAsync(loop, run -> new Thread(run, "poll-loop").start());
    }

    private static void fail(Error error) {
        throw error;
    }

    /** It has not ended. */
    public void check() {
        assertThat(end).isNotDone();
    }

    @Override
    public void close() throws Exception {
        loop.stop(Duration.ofSeconds(1));
        try {
            end.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } finally {
            publisher.close();
            settler.close();
            lanes.close();
        }
    }

    /** Nothing here needs the ledger. */
    private static final class NoStore implements SettlementStore {
        @Override
        public List<Recorded> settle(
                List<LedgerEntry> entries,
                List<Registration> registrations,
                List<RequestRef> published,
                List<RequestRef> repeated) {
            return List.of();
        }

        @Override
        public void retract(RequestRef unpublished, Optional<RolloutAnswer> instead) {}

        @Override
        public void died(RolloutAnswer member) {}
    }
}

package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.registry.Placements;
import io.tenantry.worker.registry.TenantRecord;
import io.tenantry.worker.registry.rollout.AttemptHalts;
import io.tenantry.worker.request.Request;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An attempt of a rollout that was looked up, and waits for a thread behind many others. */
class QueuedAttemptTest {
    private final AtomicLong nanos = new AtomicLong();
    private volatile int halts;
    private final LookupBatcher lookups = new LookupBatcher(wanted -> wanted.stream()
            .map(one ->
                    new TenantRecord(Optional.empty(), true, List.of(), new AttemptHalts(0, halts), Placements.NONE))
            .toList());
    private final RequestRunTest.FakeOutcomes outcomes = new RequestRunTest.FakeOutcomes();
    private final RequestContext context = RequestRunTest.context(lookups, outcomes, nanos::get);

    @AfterEach
    void close() {
        lookups.close();
    }

    @Test
    void isSkippedIfItsRolloutIsHaltedMeanwhile() throws Exception {
        Task run = attempt("a1");
        await(run.run());
        halts = 1;
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());

        await(run.run());
        assertThat(outcomes.finished).isEmpty();
        assertThat(run.run()).isInstanceOf(NextAction.Finished.class);
        assertThat(outcomes.finished)
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.result().outcome()).isEqualTo(Outcome.SKIPPED));
    }

    @Test
    void isSkippedAtOnceIfAnotherOneHasHeardOfTheHalt() throws Exception {
        Task run = attempt("a1");
        await(run.run());
        halts = 1;
        await(attempt("a2").run());

        await(run.run());
        assertThat(run.run()).isInstanceOf(NextAction.Finished.class);
        assertThat(outcomes.finished)
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.result().outcome()).isEqualTo(Outcome.SKIPPED));
    }

    @Test
    void beginsWithoutAnotherQuestionIfAnotherOneHasAskedSince() throws Exception {
        Task run = attempt("a1");
        await(run.run());
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        await(attempt("a2").run());

        assertThat(run.run()).isInstanceOf(NextAction.Finished.class);
        assertThat(outcomes.finished)
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.result().outcome()).isNotEqualTo(Outcome.SKIPPED));
    }

    /** Waits as its lane does. */
    private static void await(NextAction action) throws InterruptedException {
        assertThat(action).isInstanceOf(NextAction.Await.class);
        CountDownLatch answered = new CountDownLatch(1);
        ((NextAction.Await) action).register().accept(answered::countDown);
        assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
    }

    private Task attempt(String id) {
        return context.task(new Request(
                new RequestRef(
                        id, RequestRunTest.SOURCE, EventType.MIGRATION_REQUESTED.type(), "migration.requested", 0, 7),
                new MigrationRequested("acme", null, List.of(), "latest", "spring", 1),
                null,
                nanos.get()));
    }
}

package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HistoryRow;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead.Use;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.LockedHomes;
import io.tenantry.worker.registry.RegisteredHome;
import io.tenantry.worker.request.run.Homes.FakeStep;
import io.tenantry.worker.step.StepResult;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HomeRunTest {
    private static final StepResult NOTHING_TO_MIGRATE = new StepResult.Migrated("3", "3", List.of(), "f3");
    private static final StepResult MIGRATED = new StepResult.Migrated("1", "3", List.of("2", "3"), "f3");

    private static final MigrationResult BY_PLAN = new MigrationResult.Migrated("1", "3", List.of("2", "3"), "f3");
    private static final Instant REGISTERED_AT = LockedHomes.LOCKED_AT.minusSeconds(60);

    private Server server;

    @BeforeAll
    void connectToNothing() {
        server = Homes.server("main");
    }

    @AfterAll
    void close() {
        server.close();
    }

    @Test
    void isUpToDateIfNoStepHadAnythingToDo() throws SQLException {
        HomeRun run = Homes.run(
                server, "users", new FakeStep(new StepResult.AlreadyDone()), new FakeStep(NOTHING_TO_MIGRATE));

        assertThat(run.runSteps(Homes.locked())).isEmpty();
        assertThat(result(run).outcome()).isEqualTo(Outcome.UP_TO_DATE);
        assertThat(result(run).error()).isNull();
    }

    @Test
    void isCompletedIfMigrationsWereApplied() throws SQLException {
        HomeRun run = Homes.run(server, "users", new FakeStep(new StepResult.AlreadyDone()), new FakeStep(MIGRATED));
        run.runSteps(Homes.locked());

        assertThat(result(run))
                .usingRecursiveComparison()
                .ignoringFields("durationMs")
                .isEqualTo(new DatabaseResult(
                        "users", "main", "tenant_acme", Outcome.COMPLETED, "1", "3", List.of("2", "3"), 0, null));
    }

    @Test
    void isCompletedIfTheSchemaWasMadeThoughThereWasNothingToMigrate() throws SQLException {
        HomeRun run = Homes.run(server, "users", new FakeStep(new StepResult.Done()), new FakeStep(NOTHING_TO_MIGRATE));
        run.runSteps(Homes.locked());

        assertThat(result(run).outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void isCompletedIfAnEarlierAttemptMadeTheSchema() throws SQLException {
        SQLException failure = new SQLException("canceling statement due to lock timeout", "55P03");
        HomeRun run = Homes.run(
                server,
                "users",
                new FakeStep(new StepResult.Done(), new StepResult.AlreadyDone()),
                new FakeStep(failure, NOTHING_TO_MIGRATE));

        assertThatThrownBy(() -> run.runSteps(Homes.locked())).isSameAs(failure);
        assertThat(run.result().get()).isNull();
        run.runSteps(Homes.locked());

        assertThat(result(run).outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aRefusedStepEndsTheRun() throws SQLException {
        FakeStep after = new FakeStep(MIGRATED);
        HomeRun run = Homes.run(
                server, "users", new FakeStep(new StepResult.Refused("1", "2", List.of("2"), Homes.FAILURE)), after);

        assertThat(run.runSteps(Homes.locked())).isEmpty();
        assertThat(after.runs()).isZero();
        assertThat(result(run).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result(run).from()).isEqualTo("1");
        assertThat(result(run).to()).isEqualTo("2");
        assertThat(result(run).applied()).containsExactly("2");
        assertThat(result(run).error()).isEqualTo(Homes.FAILURE);
    }

    @Test
    void aStepThatMayBeDoneLaterLeavesItOpen() throws SQLException {
        StepResult.NotYet notYet = new StepResult.NotYet("1", ResultError.of(ErrorCode.TARGET_UNKNOWN, "no version 7"));
        FakeStep after = new FakeStep(MIGRATED);
        HomeRun run = Homes.run(server, "users", new FakeStep(notYet, new StepResult.AlreadyDone()), after);

        assertThat(run.runSteps(Homes.locked())).contains(notYet);
        assertThat(run.result().get()).isNull();
        assertThat(after.runs()).isZero();

        run.runSteps(Homes.locked());
        assertThat(result(run).outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void theFastPathDoesTheWorkOfAllSteps() throws SQLException {
        FakeStep step = new FakeStep();
        HomeRun run = fast(new PlanOutcome.Done(BY_PLAN, LockedHomes.LOCKED_AT), step);

        assertThat(run.runFastPath(Homes.locked().session()))
                .isEqualTo(new HomeRun.FastEnd.Concluded(Optional.empty()));
        assertThat(result(run).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(run.result().registered()).map(RegisteredHome::observedAt).contains(LockedHomes.LOCKED_AT);
        assertThat(step.runs()).isZero();
    }

    @Test
    void whatTheFastPathHasSeenWithoutTheLockKeepsTheTimeOfTheRegistry() throws SQLException {
        HomeRun run = fast(new PlanOutcome.Done(BY_PLAN, null));

        run.runFastPath(Homes.locked().session());

        assertThat(run.result().registered()).map(RegisteredHome::observedAt).contains(REGISTERED_AT);
    }

    @Test
    void aFastPathThatCouldNotDoTheWorkLeavesTheHomeOpen() throws SQLException {
        HomeRun busy = fast(new PlanOutcome.Busy());
        HomeRun withoutPlan = fast(new PlanOutcome.None());

        assertThat(busy.runFastPath(Homes.locked().session())).isEqualTo(new HomeRun.FastEnd.Busy());
        assertThat(withoutPlan.runFastPath(Homes.locked().session())).isEqualTo(new HomeRun.FastEnd.NoPlan());
        assertThat(busy.isDone()).isFalse();
        assertThat(withoutPlan.isDone()).isFalse();
    }

    private HomeRun fast(PlanOutcome outcome, FakeStep... steps) {
        return Homes.run(server, "users", session -> outcome, REGISTERED_AT, new VersionTracker(), steps);
    }

    @Test
    void canBeEndedAsFailedOrAsNotAttempted() {
        HomeRun run = Homes.run(server, "users");
        assertThat(run.result().hasFailed()).isFalse();
        assertThat(run.result().orNotAttempted().outcome()).isEqualTo(Outcome.NOT_ATTEMPTED);
        assertThat(run.result().orNotAttempted().error()).isNull();

        run.result().fail("2", Homes.FAILURE);
        assertThat(run.result().hasFailed()).isTrue();
        assertThat(run.result().orNotAttempted()).isEqualTo(result(run));
        assertThat(result(run).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result(run).to()).isEqualTo("2");
        assertThat(result(run).error()).isEqualTo(Homes.FAILURE);
    }

    @Test
    void endsWithWhatAttemptsHaveDoneThatBrokeOff() {
        SQLException failure = new SQLException("canceling statement due to lock timeout", "55P03");
        VersionTracker tracker = new VersionTracker();
        HomeRun run =
                Homes.run(server, "users", tracker, new FakeStep(new StepResult.AlreadyDone()), new FakeStep(failure));
        wentFromOneToThree(tracker);
        assertThat(run.hasBegun()).isFalse();
        assertThatThrownBy(() -> run.runSteps(Homes.locked())).isSameAs(failure);
        assertThat(run.hasBegun()).isTrue();

        run.result().fail(Homes.FAILURE);

        assertThat(result(run).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result(run).from()).isEqualTo("1");
        assertThat(result(run).to()).isEqualTo("3");
        assertThat(result(run).applied()).containsExactly("2", "3");
        assertThat(run.result().registered()).map(RegisteredHome::version).contains("3");
    }

    @Test
    void whatIsKnownOfAnEarlierAttemptIsAsOldAsThatAttempt() {
        SQLException failure = new SQLException("connection lost", "08006");
        VersionTracker tracker = new VersionTracker();
        HomeRun run = Homes.run(server, "users", tracker, new FakeStep(failure, failure));
        wentFromOneToThree(tracker);
        assertThatThrownBy(() -> run.runSteps(Homes.locked())).isSameAs(failure);
        assertThatThrownBy(() -> run.runSteps(Homes.lockedAt(LockedHomes.LOCKED_AT.plusSeconds(60))))
                .isSameAs(failure);

        run.result().fail(Homes.FAILURE);

        assertThat(run.result().registered()).map(RegisteredHome::observedAt).contains(LockedHomes.LOCKED_AT);
    }

    @Test
    void stepsThatSayNothingOfTheVersionAreABug() {
        HomeRun run = Homes.run(server, "users", new FakeStep(new StepResult.AlreadyDone()));

        assertThatIllegalStateException().isThrownBy(() -> run.runSteps(Homes.locked()));
    }

    @Test
    void whoIsAbandonedInTheQueueOfTheServerLetsTheNextOneHaveThePermit() {
        List<String> called = new ArrayList<>();
        HomeRun holder = Homes.run(server, "users");
        HomeRun otherHolder = Homes.run(server, "users");
        HomeRun gone = Homes.run(server, "users");
        HomeRun leaving = Homes.run(server, "users");
        HomeRun next = Homes.run(server, "users");
        assertThat(holder.reservation().acquirePermit(Use.SIGNUP)).isEmpty();
        assertThat(otherHolder.reservation().acquirePermit(Use.SIGNUP)).isEmpty();
        await(gone, () -> called.add("gone"));
        gone.reservation().releasePermit();
        await(leaving, () -> called.add("called"));
        await(next, () -> called.add("next"));

        holder.reservation().releasePermit();
        assertThat(called).containsExactly("called");
        leaving.reservation().releasePermit();
        assertThat(called).containsExactly("called", "next");

        assertThat(next.reservation().acquirePermit(Use.SIGNUP)).isEmpty();
        next.reservation().releasePermit();
        gone.reservation().releasePermit();
        otherHolder.reservation().releasePermit();
        assertThat(server.bulkhead().available()).isEqualTo(2);
    }

    private static void await(HomeRun run, Runnable callback) {
        assertThat(run.reservation().acquirePermit(Use.SIGNUP))
                .get()
                .isInstanceOfSatisfying(
                        NextAction.Await.class, await -> await.register().accept(callback));
    }

    @Test
    void registersWhereTheHomeIsNow() throws SQLException {
        assertThat(Homes.done(server, "users", MIGRATED).result().registered())
                .contains(new RegisteredHome(
                        "acme", "users", "main", "tenant_acme", "3", "f3", LockedHomes.LOCKED_AT, null));
        assertThat(Homes.done(server, "users", NOTHING_TO_MIGRATE).result().registered())
                .isPresent();
    }

    @Test
    void registersAHomeThatFailedHalfWay() throws SQLException {
        HomeRun run = Homes.done(server, "users", new StepResult.Refused("1", "2", List.of("2"), Homes.FAILURE));

        assertThat(run.result().registered()).map(RegisteredHome::version).contains("2");
    }

    @Test
    void registersNothingThatWasNotReached() throws SQLException {
        assertThat(Homes.run(server, "users").result().registered()).isEmpty();
        assertThat(Homes.done(server, "users", StepResult.Refused.of(Homes.FAILURE))
                        .result()
                        .registered())
                .isEmpty();
    }

    /** As the engine says it after a failure. */
    private static void wentFromOneToThree(VersionTracker tracker) {
        tracker.first(new History(List.of(row(1))));
        tracker.interrupted(new History(List.of(row(1), row(2), row(3))));
    }

    private static HistoryRow row(int version) {
        return new HistoryRow(
                version,
                MigrationVersion.fromVersion(String.valueOf(version)),
                "table",
                "SQL",
                "V" + version + "__table.sql",
                null,
                true);
    }

    private static DatabaseResult result(HomeRun run) {
        return Objects.requireNonNull(run.result().get());
    }
}

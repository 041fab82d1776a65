package io.tenantry.worker.settle;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.Registration;
import io.tenantry.worker.registry.rollout.MemberState;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RequestOutcome;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.CapturedLog;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the settler makes of outcomes, whatever the registry throws. */
class SettlerTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final FakeStore store = new FakeStore();
    private final List<Error> fatal = new CopyOnWriteArrayList<>();
    private volatile Saturation saturation = signup -> false;
    private volatile LongSupplier clock = System::nanoTime;
    private final List<SettledRequest> answers = new ArrayList<>();
    private final Settler settler = new Settler(
            store,
            new Outage("the registry", "outcomes wait", Clock.systemUTC(), System::nanoTime, away -> {}),
            new Meters(new SimpleMeterRegistry()),
            "/tenantry/test",
            new Linger(signup -> saturation.isReached(signup), () -> clock.getAsLong()),
            fatal::add);

    @AfterEach
    void close() {
        settler.close();
    }

    @Test
    void anOutcomeBecomesAResultAndALogLine() {
        try (CapturedLog log = new CapturedLog(OutcomeLog.class, Level.INFO)) {
            settler.finished(request(1), outcome(1));

            assertThat(log.events())
                    .singleElement()
                    .satisfies(line ->
                            assertThat(line.getFormattedMessage()).startsWith("onboarding of acme: completed after "));
        }

        assertThat(await(1))
                .singleElement()
                .isInstanceOfSatisfying(
                        Settled.Result.class,
                        result -> assertThat(result.request().offset()).isEqualTo(1));
    }

    @Test
    void anOutcomeThatTheRegistryRefusesDoesNotHoldUpTheOthers() {
        store.refusing("request 1").closed();
        settler.finished(request(0), outcome(0));
        settler.finished(request(1), outcome(1));
        settler.finished(request(2), outcome(2));
        store.open();

        assertThat(await(3))
                .satisfiesExactly(
                        zero -> assertThat(zero).isInstanceOf(Settled.Result.class),
                        SettlerTest::assertInternal,
                        two -> assertThat(two).isInstanceOf(Settled.Result.class));
        assertThat(settler.awaitReady(DEADLINE)).isTrue();
    }

    @Test
    void aTransactionHasFewLargeOutcomes() {
        store.closed();
        Map<String, String> attributes = Map.of("a", "x".repeat(1 << 20));
        for (int i = 0; i < 9; i++) {
            RequestOutcome small = outcome(i);
            settler.finished(
                    request(i),
                    new RequestOutcome(
                            small.type(), small.result(), new Registration("acme", true, attributes, List.of())));
        }
        store.open();

        assertThat(await(9)).hasSize(9);
        assertThat(store.batches).allMatch(entries -> entries <= 2);
    }

    @Test
    void aBugOnTheWayToTheRegistryMakesADeadLetter() {
        store.failing(new IllegalStateException("a bug"));
        settler.finished(request(1), outcome(1));

        assertInternal(await(1).get(0));
    }

    @Test
    void anErrorOfOneOutcomeMakesADeadLetterAndTheSettlerGoesOn() {
        store.failing(new StackOverflowError("too deep"));
        settler.finished(request(1), outcome(1));

        assertInternal(await(1).get(0));
        settler.finished(request(2), outcome(2));
        assertThat(await(2).get(1)).isInstanceOf(Settled.Result.class);
        assertThat(fatal).isEmpty();
    }

    @Test
    void ofTwoTenantsThatWereRunAtTheSameTimeUnderOneIdentityOneIsADeadLetterThatDoesNotDenyIt() {
        settler.finished(request("acme", 1, "taken"), outcome("acme", 1, "taken"));
        settler.finished(request("globex", 2, "taken"), outcome("globex", 2, "taken"));

        assertThat(await(2).get(0)).isInstanceOf(Settled.Result.class);
        assertThat(await(2).get(1)).isInstanceOfSatisfying(Settled.Dead.class, dead -> {
            assertThat(dead.code()).isEqualTo(ErrorCode.INVALID_EVENT);
            assertThat(dead.message()).contains("used before for acme", "globex, was run at the same time");
        });
    }

    @Test
    void whatTheLedgerKnowsDoesNotOvertakeAnEarlierResultOfTheTenant() {
        LedgerEntry entry = new LedgerEntry(
                request(2).ref(),
                new EncodedEvent(
                        "result", "/tenantry", "type", NOW, null, "acme", "{}".getBytes(StandardCharsets.UTF_8)));
        store.closed();
        settler.finished(request(1), outcome(1));
        settler.answeredBefore(request(2), new Recorded(entry, false));
        assertThat(settler.takeReady()).isEmpty();
        assertThat(settler.awaitReady(Duration.ZERO)).isFalse();

        store.open();

        assertThat(await(2)).allMatch(Settled.Result.class::isInstance);
        assertThat(await(2)).extracting(answer -> answer.coordinates().offset()).containsExactly(1L, 2L);
    }

    @Test
    void saysWhenTheRegistryKnowsWhatBecameOfAKey() {
        assertThat(settler.whenWritten("acme")).isCompleted();
        store.closed();
        settler.finished(request(1), outcome(1));
        settler.finished(request(2), outcome(2));
        CompletableFuture<Void> written = settler.whenWritten("acme");
        assertThat(written).isNotDone();
        assertThat(settler.whenWritten("globex")).isCompleted();

        store.open();

        assertThat(written).succeedsWithin(DEADLINE);
        assertThat(await(2)).hasSize(2);
        assertThat(settler.whenWritten("acme")).isCompleted();
    }

    @Test
    void doesNotWaitForARegistryThatRefusesAnOutcome() {
        store.refusing("request 1");
        try (CapturedLog log = new CapturedLog(BatchWriter.class, Level.INFO)) {
            settler.finished(request(1), outcome(1));

            assertThat(settler.whenWritten("acme")).succeedsWithin(DEADLINE);
            assertThat(log.events())
                    .singleElement()
                    .satisfies(line -> assertThat(line.getMDCPropertyMap())
                            .containsEntry("tenant", "acme")
                            .containsEntry("requestId", "request 1"));
        }
    }

    @Test
    void writesWhatComesSoonInOneBatch() throws Exception {
        store.closed();
        settler.finished(request(0), outcome(0));
        Await.until(DEADLINE, "the first one is being written", () -> store.begun() == 1);
        settler.finished(request(1), outcome(1));
        freezeTheClock();
        saturation = signup -> {
            saturation = later -> false;
            settler.finished(request(2), outcome(2));
            return true;
        };
        store.open();

        assertThat(await(3)).hasSize(3);
        assertThat(store.batches).containsExactly(1, 2);
    }

    @Test
    void saysThatASignupWaitsBehindMigrations() throws Exception {
        List<Boolean> asked = new CopyOnWriteArrayList<>();
        store.closed();
        settler.finished(migration(0, "/test", null), migrated(0, Outcome.COMPLETED));
        Await.until(DEADLINE, "the first one is being written", () -> store.begun() == 1);
        settler.finished(migration(1, "/test", null), migrated(1, Outcome.COMPLETED));
        freezeTheClock();
        saturation = signup -> {
            if (asked.isEmpty()) {
                settler.finished(request(2), outcome(2));
            }
            asked.add(signup);
            return !signup;
        };
        store.open();

        assertThat(await(3)).hasSize(3);
        assertThat(store.batches).containsExactly(1, 2);
        assertThat(asked).containsExactly(false, true);
    }

    /** So that a pause does not end by itself. */
    private void freezeTheClock() {
        long now = System.nanoTime();
        clock = () -> now;
    }

    @Test
    void marksWhatWasPublishedBeforeItEnds() {
        settler.published(List.of(request(1).ref(), request(2).ref()));
        settler.close();

        assertThat(store.published).extracting(RequestRef::offset).containsExactly(1L, 2L);
    }

    @Test
    void marksThatTheRegistryRefusesMakeNoDeadLettersOfOutcomes() {
        store.refusing("request 9").closed();
        settler.published(List.of(request(9).ref()));
        settler.finished(request(1), outcome(1));
        settler.finished(request(2), outcome(2));
        store.open();

        assertThat(await(2)).allMatch(Settled.Result.class::isInstance);
    }

    @Test
    void whatCannotBeToldIsADeadLetter() {
        settler.unanswerable(request(1), new IllegalArgumentException("no such JSON"));

        assertInternal(await(1).get(0));
    }

    @Test
    void whatSucceededAfterItsPartitionWentAwayIsWrittenBeforeADrainIsOver() {
        store.closed();
        Request disowned = request(1);
        disowned.disown();
        settler.finished(disowned, outcome(1));
        assertThat(settler.isWritten()).isFalse();

        store.open();

        Await.until(DEADLINE, "it is written", settler::isWritten);
        assertThat(store.batches).containsExactly(1);
    }

    @Test
    void whatFailedAfterItsPartitionWentAwayIsLeftToTheNewOwner() {
        Request disowned = request(1);
        disowned.disown();

        try (CapturedLog log = new CapturedLog(OutcomeLog.class, Level.INFO)) {
            settler.finished(disowned, failure(1));

            assertThat(await(1)).singleElement().isInstanceOf(Settled.Abandoned.class);
            assertThat(log.events()).as("the new owner logs what becomes of it").isEmpty();
        }
        assertThat(store.batches).isEmpty();
    }

    @Test
    void aResultThatCannotBePublishedIsForgottenHoweverLongTheRegistryIsAway() {
        settler.finished(request(1), outcome(1));
        assertThat(await(1)).hasSize(1);
        store.failing(new SQLException("the connection is gone", "08006"));

        CompletableFuture<Void> retracted = settler.retract(request(1).ref());

        assertThat(retracted).succeedsWithin(DEADLINE);
        assertThat(store.retractions).hasValue(2);
        settler.finished(request("acme", 2, "request 1"), outcome("acme", 2, "request 1"));
        assertThat(await(2).get(1)).as("sent again, it is new").isInstanceOf(Settled.Result.class);
    }

    @Test
    void aRolloutGetsTheResultsOfItsOwnRequestsAndNoOthers() {
        settler.finished(migration(1, "/tenantry/test", "spring"), migrated(1, Outcome.FAILED));
        settler.finished(migration(2, "/release", "spring"), migrated(2, Outcome.FAILED));
        settler.finished(migration(3, "/tenantry/test", null), migrated(3, Outcome.COMPLETED));
        settler.finished(migration(4, "/tenantry/test", "spring"), migrated(4, Outcome.SKIPPED));
        assertThat(await(4)).hasSize(4);

        assertThat(store.answers)
                .containsExactly(
                        new RolloutAnswer("request 1", MemberState.FAILED, ErrorCode.LOCK_TIMEOUT),
                        new RolloutAnswer("request 4", MemberState.SKIPPED, ErrorCode.LOCK_TIMEOUT));
    }

    @Test
    void aRolloutLearnsOfAResultThatOnlyTheLedgerHas() {
        LedgerEntry entry = new LedgerEntry(
                request(1).ref(),
                new EncodedEvent(
                        "result", "/tenantry", "type", NOW, null, "acme", "{}".getBytes(StandardCharsets.UTF_8)));
        Recorded recorded = new Recorded(entry, true);

        settler.answeredBefore(migration(1, "/tenantry/test", "spring"), recorded);
        settler.answeredBefore(migration(2, "/release", "spring"), recorded);
        assertThat(await(2)).hasSize(2);

        assertThat(store.repeated).extracting(RequestRef::id).containsExactly("request 1");
    }

    @Test
    void aRolloutLearnsOfADeadLetterHoweverLongTheRegistryIsAway() {
        store.failing(new SQLException("the connection is gone", "08006"));

        CompletableFuture<Void> ofPlain = settler.died("1", "/release", ErrorCode.INTERNAL);
        CompletableFuture<Void> withoutId = settler.died(null, "/tenantry/test", ErrorCode.INTERNAL);
        CompletableFuture<Void> ofRollout = settler.died("1", "/tenantry/test", ErrorCode.INVALID_EVENT);

        assertThat(ofPlain).isDone();
        assertThat(withoutId).isDone();
        assertThat(ofRollout).succeedsWithin(DEADLINE);
        assertThat(store.dead).containsExactly(new RolloutAnswer("1", MemberState.FAILED, ErrorCode.INVALID_EVENT));
    }

    @ParameterizedTest
    @ValueSource(classes = {OutOfMemoryError.class, NoClassDefFoundError.class})
    void anErrorThatTheProcessDoesNotSurviveIsFatal(Class<? extends Error> type) throws Exception {
        Error error = type.getConstructor(String.class).newInstance("thrown by a test");
        store.failing(error);
        settler.finished(request(1), outcome(1));

        Await.until(DEADLINE, "the error is told", () -> !fatal.isEmpty());
        assertThat(fatal).containsExactly(error);
        assertThat(settler.takeReady()).isEmpty();
    }

    private static void assertInternal(Settled settled) {
        assertThat(settled)
                .isInstanceOfSatisfying(
                        Settled.Dead.class, dead -> assertThat(dead.code()).isEqualTo(ErrorCode.INTERNAL));
    }

    /** Waits for this many answers in all, and returns them in their order. */
    private List<Settled> await(int count) {
        Await.until(DEADLINE, count + " answers", () -> {
            answers.addAll(settler.takeReady());
            return answers.size() >= count;
        });
        return answers.stream().map(SettledRequest::settled).toList();
    }

    private static Request request(long offset) {
        return request("acme", offset, "request " + offset);
    }

    private static Request request(String tenant, long offset, String id) {
        return new Request(
                new RequestRef(id, "/test", "type", "topic", 0, offset),
                new TenantCreated(tenant, List.of(), Map.of()),
                null,
                System.nanoTime());
    }

    private static Request migration(long offset, String source, @Nullable String rollout) {
        return new Request(
                new RequestRef("request " + offset, source, EventType.MIGRATION_REQUESTED.type(), "topic", 0, offset),
                new MigrationRequested("acme", null, List.of(), "latest", rollout, 1),
                null,
                System.nanoTime());
    }

    private static RequestOutcome migrated(long offset, Outcome outcome) {
        RequestOutcome plain = outcome("acme", offset, "request " + offset, EventType.MIGRATION_COMPLETED, outcome);
        TenantResult result = plain.result();
        return new RequestOutcome(
                plain.type(),
                new TenantResult(
                        result.tenant(),
                        null,
                        result.request(),
                        "spring",
                        outcome,
                        outcome == Outcome.COMPLETED ? null : ResultError.of(ErrorCode.LOCK_TIMEOUT, "no"),
                        List.of(),
                        1,
                        "worker",
                        NOW,
                        NOW),
                plain.registration());
    }

    private static RequestOutcome outcome(long offset) {
        return outcome("acme", offset, "request " + offset);
    }

    private static RequestOutcome failure(long offset) {
        return outcome("acme", offset, "request " + offset, EventType.ONBOARDING_FAILED, Outcome.FAILED);
    }

    private static RequestOutcome outcome(String tenant, long offset, String id) {
        return outcome(tenant, offset, id, EventType.TENANT_ONBOARDED, Outcome.COMPLETED);
    }

    private static RequestOutcome outcome(String tenant, long offset, String id, EventType type, Outcome outcome) {
        return new RequestOutcome(
                type,
                new TenantResult(
                        tenant,
                        null,
                        request(tenant, offset, id).ref(),
                        null,
                        outcome,
                        null,
                        List.of(),
                        1,
                        "worker",
                        NOW,
                        NOW),
                new Registration(tenant, true, Map.of(), List.of()));
    }
}

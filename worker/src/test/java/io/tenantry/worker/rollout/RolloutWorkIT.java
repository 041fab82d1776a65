package io.tenantry.worker.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.RolloutCounts;
import io.tenantry.contracts.RolloutRequestRef;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.RolloutSelection;
import io.tenantry.contracts.Wave;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.rollout.DrivenRollouts.Published;
import io.tenantry.worker.rollout.DrivenRollouts.Sent;
import io.tenantry.worker.scenario.Deployment;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rollout's way through its states, on a real registry. */
class RolloutWorkIT {
    private static Deployment deployment;
    private static Registry registry;

    private DrivenRollouts rollouts;

    @BeforeAll
    static void createRegistry() throws Exception {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        registry = new Registry(deployment.settings().registry(), "test");
        registry.migrate();
    }

    @AfterAll
    static void close() throws Exception {
        registry.close();
        deployment.close();
    }

    @BeforeEach
    void aWorkerThatHasTheTarget() throws SQLException {
        rollouts = new DrivenRollouts(registry, Duration.ofMinutes(1));
        rollouts.clear();
        rollouts.upToDateWorker("w1");
    }

    @Test
    void wavesFollowOneAnother() throws SQLException {
        rollouts.tenants(1, 20, null);
        String start = rollouts.request(start(new Wave("canary", 2, null)));
        List<Sent> canary = rollouts.turns();
        assertThat(canary).hasSize(2);
        rollouts.completed(canary);
        List<Sent> rest = rollouts.turns();
        assertThat(rest)
                .as("twice the cap of the server, and as many as were answered in the last second")
                .hasSize(12);
        rollouts.completed(rest);
        List<Sent> last = rollouts.turns();
        assertThat(last).hasSize(6);
        rollouts.completed(last);
        assertThat(rollouts.turns()).isEmpty();
        assertThat(rollouts.events())
                .hasToString("[started, wave-started, wave-completed, wave-started, wave-completed, completed]");
        assertThat(rollouts.last().data().counts()).isEqualTo(new RolloutCounts(20, 20, 0, 0, 0));
        Published started = rollouts.events().get(0);
        assertThat(started.data().request()).isEqualTo(new RolloutRequestRef(start, "/test"));
        assertThat(started.data().targets()).isEqualTo(Map.of("users", "2"));
        assertThat(canary.get(0).data().target()).isEqualTo("2");
    }

    @Test
    void thoseAtTheTargetGetNoRequest() throws SQLException {
        rollouts.tenants(1, 1000, DrivenRollouts.FINGERPRINT);
        rollouts.request(start());
        assertThat(rollouts.turns()).isEmpty();
        assertThat(rollouts.events()).hasToString("[started, completed]");
        assertThat(rollouts.last().data().counts()).isEqualTo(new RolloutCounts(1000, 0, 1000, 0, 0));
    }

    @Test
    void theFirstFailureHaltsAndAfterAMendRetryAndResumeCompleteIt() throws SQLException {
        rollouts.tenants(1, 12, null);
        rollouts.request(start(new Wave("canary", 2, null)));
        List<Sent> canary = rollouts.turns();
        rollouts.failed(canary.subList(0, 1), ErrorCode.MIGRATION_FAILED);
        assertThat(rollouts.turns()).isEmpty();
        assertThat(rollouts.last()).hasToString("halted");
        assertThat(rollouts.last().data().code()).isEqualTo(ErrorCode.ROLLOUT_HALTED);
        assertThat(rollouts.last().data().reason()).contains("1 of the 12 tenants");
        assertThat(rollouts.halted(canary))
                .as("sent, and not begun")
                .contains(canary.get(1).id());
        rollouts.skipped(canary.subList(1, 2));
        assertThat(rollouts.turns()).as("nothing is sent while it is halted").isEmpty();

        rollouts.change(RolloutAction.RETRY_FAILED, null);
        List<Sent> retried = rollouts.turns();
        assertThat(retried).singleElement().satisfies(sent -> {
            assertThat(sent.key()).isEqualTo(canary.get(0).key());
            assertThat(sent.data().attempt()).isEqualTo(2);
            assertThat(sent.id()).isNotEqualTo(canary.get(0).id());
        });
        assertThat(rollouts.halted(retried)).as("sent after the halt").isEmpty();
        rollouts.completed(retried);
        assertThat(rollouts.turns()).isEmpty();

        rollouts.change(RolloutAction.RESUME, "mended");
        List<Sent> again = rollouts.turns();
        assertThat(again).singleElement().satisfies(sent -> {
            assertThat(sent.key()).as("the skipped one").isEqualTo(canary.get(1).key());
            assertThat(sent.data().attempt()).isEqualTo(2);
        });
        rollouts.completed(again);
        rollouts.completed(rollouts.turns());
        assertThat(rollouts.turns()).isEmpty();
        assertThat(rollouts.events())
                .hasToString("[started, wave-started, halted, retrying, resumed, wave-completed, wave-started,"
                        + " wave-completed, completed]");
        assertThat(rollouts.last().data().counts()).isEqualTo(new RolloutCounts(12, 12, 0, 0, 0));
        assertThat(rollouts.last().data().failures()).isEqualTo(Map.of(ErrorCode.MIGRATION_FAILED, 1));
        assertThat(rollouts.events().stream().map(Published::id).distinct()).hasSize(9);
    }

    @Test
    void aSkippedAnswerThatComesAfterTheResumeIsSentAgainToo() throws SQLException {
        rollouts.tenants(1, 2, null);
        rollouts.request(start());
        List<Sent> sent = rollouts.turns();
        rollouts.failed(sent.subList(0, 1), ErrorCode.MIGRATION_FAILED);
        rollouts.turns();
        rollouts.change(RolloutAction.RESUME, null);
        assertThat(rollouts.turns()).isEmpty();
        assertThat(rollouts.halted(sent.subList(1, 2))).isNotEmpty();
        rollouts.skipped(sent.subList(1, 2));
        assertThat(rollouts.turns())
                .singleElement()
                .satisfies(next -> assertThat(next.data().attempt()).isEqualTo(2));
    }

    @Test
    void afterAResumeFailuresCountFromZero() throws SQLException {
        rollouts.tenants(1, 10, null);
        rollouts.request(start(new HaltRule(1, null)));
        List<Sent> sent = rollouts.turns();
        rollouts.failed(sent.subList(0, 2), ErrorCode.MIGRATION_FAILED);
        rollouts.turns();
        assertThat(rollouts.last()).hasToString("halted");
        rollouts.change(RolloutAction.RESUME, null);
        rollouts.turns();
        rollouts.failed(sent.subList(2, 3), ErrorCode.MIGRATION_FAILED);
        rollouts.turns();
        assertThat(rollouts.last()).hasToString("resumed");
        rollouts.failed(sent.subList(3, 4), ErrorCode.LOCK_TIMEOUT);
        rollouts.turns();
        assertThat(rollouts.last()).hasToString("halted");
        assertThat(rollouts.last().data().counts().failed()).isEqualTo(4);
    }

    @Test
    void aServerThatIsAwayIsNoReasonToHalt() throws SQLException {
        rollouts.tenants(1, 3, null);
        rollouts.request(start());
        rollouts.failed(rollouts.turns(), ErrorCode.SERVER_UNAVAILABLE);
        rollouts.turns();
        assertThat(rollouts.last()).hasToString("completed");
        assertThat(rollouts.last().data().counts()).isEqualTo(new RolloutCounts(3, 0, 0, 3, 0));
    }

    @Test
    void retryFailedReopensACompletedRollout() throws SQLException {
        rollouts.tenants(1, 3, null);
        rollouts.request(start(new HaltRule(10, null)));
        List<Sent> sent = rollouts.turns();
        rollouts.failed(sent.subList(0, 1), ErrorCode.MIGRATION_FAILED);
        rollouts.completed(sent.subList(1, 3));
        rollouts.turns();
        assertThat(rollouts.last()).hasToString("completed");
        rollouts.change(RolloutAction.RETRY_FAILED, null);
        rollouts.completed(rollouts.turns());
        rollouts.turns();
        assertThat(rollouts.events())
                .hasToString("[started, wave-started, wave-completed, completed, retrying, completed]");
        rollouts.change(RolloutAction.RETRY_FAILED, null);
        assertThat(rollouts.turns()).isEmpty();
        assertThat(rollouts.last().data().reason()).isEqualTo("no tenant has failed");
    }

    @Test
    void retryFailedOfACompletedRolloutIsRefusedWhileAnotherOneHasItsTenants() throws SQLException {
        rollouts.tenants(1, 3, null);
        rollouts.request(start(new HaltRule(10, null)));
        rollouts.failed(rollouts.turns(), ErrorCode.MIGRATION_FAILED);
        rollouts.turns();
        rollouts.request(new RolloutRequested("r2", List.of(), "latest", List.of(), new HaltRule(10, null)));
        List<Sent> ofOther = rollouts.turns();
        assertThat(ofOther).hasSize(3);

        rollouts.change(RolloutAction.RETRY_FAILED, null);
        assertThat(rollouts.turns()).isEmpty();
        assertRefused(ErrorCode.ROLLOUT_CONFLICT, "rollout r2 is active and has 3 of the same tenants");

        rollouts.completed(ofOther);
        rollouts.turns();
        rollouts.change(RolloutAction.RETRY_FAILED, null);
        assertThat(rollouts.turns()).hasSize(3);
    }

    @Test
    void pauseLetsWhatWasSentFinish() throws SQLException {
        rollouts.tenants(1, 30, null);
        rollouts.request(start());
        List<Sent> sent = rollouts.turns();
        rollouts.change(RolloutAction.PAUSE, "lunch");
        rollouts.turns();
        assertThat(rollouts.last().data().reason()).isEqualTo("lunch");
        assertThat(rollouts.halted(sent)).isEmpty();
        rollouts.completed(sent);
        assertThat(rollouts.turns()).isEmpty();
        rollouts.secondsPass(1);
        rollouts.change(RolloutAction.RESUME, null);
        assertThat(rollouts.turns()).as("twice the cap of the server").hasSize(10);
    }

    @Test
    void aWaveSoaksAndThenPauses() throws SQLException {
        rollouts.tenants(1, 5, null);
        rollouts.request(start(new Wave("canary", List.of(), 2, null, Duration.ofHours(1), true)));
        rollouts.completed(rollouts.turns());
        assertThat(rollouts.turns()).isEmpty();
        assertThat(rollouts.last()).hasToString("wave-completed");
        rollouts.soakIsOver();
        rollouts.turns();
        assertThat(rollouts.last()).hasToString("paused");
        rollouts.change(RolloutAction.RESUME, null);
        assertThat(rollouts.turns()).hasSize(3);
    }

    @Test
    void aWaveThatHaltedAndWasResumedPausesAtItsEnd() throws SQLException {
        rollouts.tenants(1, 5, null);
        rollouts.request(start(new Wave("canary", List.of(), 2, null, null, true)));
        List<Sent> canary = rollouts.turns();
        rollouts.failed(canary.subList(0, 1), ErrorCode.MIGRATION_FAILED);
        rollouts.turns();
        assertThat(rollouts.last()).hasToString("halted");

        rollouts.change(RolloutAction.RESUME, null);
        rollouts.turns();
        rollouts.completed(canary.subList(1, 2));

        assertThat(rollouts.turns()).isEmpty();
        assertThat(rollouts.events()).hasToString("[started, wave-started, halted, resumed, wave-completed, paused]");
        rollouts.change(RolloutAction.RESUME, null);
        assertThat(rollouts.turns()).hasSize(3);
    }

    @Test
    void anAbortSkipsWhatWasSentAndNeverGoesOn() throws SQLException {
        rollouts.tenants(1, 30, null);
        rollouts.request(start());
        List<Sent> sent = rollouts.turns();
        rollouts.change(RolloutAction.ABORT, "wrong target");
        rollouts.turns();
        assertThat(rollouts.last()).hasToString("aborted");
        assertThat(rollouts.halted(sent)).hasSize(10);
        rollouts.skipped(sent);
        rollouts.change(RolloutAction.RESUME, null);
        assertThat(rollouts.turns()).isEmpty();
        assertRefused(ErrorCode.ROLLOUT_STATE, "rollout r1 is aborted");
        rollouts.change(RolloutAction.RETRY_FAILED, null);
        rollouts.turns();
        assertRefused(ErrorCode.ROLLOUT_STATE, "rollout r1 is aborted");
    }

    @Test
    void theSameStartAgainIsTheSameRolloutAndAnotherOneIsRefused() throws SQLException {
        rollouts.tenants(1, 30, null);
        rollouts.request(start());
        assertThat(rollouts.turns()).hasSize(10);
        rollouts.request(start());
        assertThat(rollouts.turns()).isEmpty();
        assertThat(rollouts.last()).hasToString("started");
        rollouts.request(start(new Wave(null, 1, null)));
        rollouts.turns();
        assertRefused(ErrorCode.ROLLOUT_CONFLICT, "other data");
    }

    @Test
    void aTenantIsInOneActiveRolloutAtATime() throws SQLException {
        rollouts.tenants(1, 5, null);
        rollouts.request(start());
        List<Sent> sent = rollouts.turns();
        RolloutRequested other = new RolloutRequested("r2", List.of(), "latest", List.of(), HaltRule.FIRST_FAILURE);
        rollouts.request(other);
        rollouts.turns();
        assertRefused(ErrorCode.ROLLOUT_CONFLICT, "rollout r1 is active and has 5 of the same tenants");
        rollouts.completed(sent);
        rollouts.turns();
        rollouts.request(other);
        rollouts.turns();
        assertThat(rollouts.events().stream().map(Published::toString))
                .as("what was refused is not remembered")
                .endsWith("started", "wave-started");
    }

    @Test
    void aVerbThatIsReadAgainChangesNothing() throws SQLException {
        rollouts.tenants(1, 30, null);
        rollouts.request("a", start());
        rollouts.turns();
        rollouts.request("b", RolloutRequested.change("r1", RolloutAction.PAUSE, null));
        rollouts.request("c", RolloutRequested.change("r1", RolloutAction.RESUME, null));
        rollouts.turns();
        int events = rollouts.events().size();
        rollouts.request("b", RolloutRequested.change("r1", RolloutAction.PAUSE, null));
        rollouts.turns();
        assertThat(rollouts.events()).hasSize(events);
    }

    @Test
    void theNextOwnerSendsAgainWhatMayNotHaveBeenSentAndPublishesTheRest() throws SQLException {
        rollouts.tenants(1, 30, null);
        rollouts.request(start());
        List<Sent> sent = rollouts.turns();
        rollouts.completed(sent.subList(0, 4));
        rollouts.takenOver(OptionalLong.of(1));
        List<Sent> again = rollouts.turns();
        assertThat(again.stream().map(Sent::id))
                .containsAll(sent.subList(4, 10).stream().map(Sent::id).toList())
                .doesNotContainAnyElementsOf(
                        sent.subList(0, 4).stream().map(Sent::id).toList())
                .hasSize(10);
        assertThat(rollouts.events())
                .as("the first was published, by the metadata of the offset")
                .hasToString("[started, wave-started, wave-started]");
    }

    @Test
    void withoutMetadataTheMarksOfTheRegistryCount() throws SQLException {
        rollouts.tenants(1, 3, null);
        rollouts.request(start());
        rollouts.turns();
        rollouts.takenOver(OptionalLong.empty());
        rollouts.turns();
        assertThat(rollouts.events()).hasToString("[started, wave-started]");
    }

    @Test
    void itWaitsForWorkersThatLackTheTarget() throws SQLException {
        rollouts.tenants(1, 3, null);
        rollouts.worker("old", null);
        rollouts.request(start());
        assertThat(rollouts.turns()).isEmpty();
        assertThat(rollouts.events()).hasToString("[started]");
        assertThat(rollouts.last().data().reason()).contains("the migrations of these workers are not known: old");
        rollouts.upToDateWorker("old");
        rollouts.secondsPass(2);
        rollouts.secondsPass(2);
        assertThat(rollouts.turns()).hasSize(3);
    }

    @Test
    void itIsNotPlannedWhileWorkersHaveDifferentScripts() throws SQLException {
        rollouts.tenants(1, 3, null);
        rollouts.worker("new", Map.of("1", "f1", "2", "other"));
        rollouts.request(start());
        assertThat(rollouts.turns()).isEmpty();
        assertThat(rollouts.events()).isEmpty();

        rollouts.upToDateWorker("new");
        rollouts.secondsPass(2);

        assertThat(rollouts.turns()).hasSize(3);
    }

    @Test
    void startsThatComeBeforeThePlanGetTheSameAnswerAsTheFirst() throws SQLException {
        rollouts.tenants(1, 3, null);
        rollouts.worker("new", Map.of("1", "f1", "2", "other"));
        String first = rollouts.request(start());
        rollouts.turns();
        String second = rollouts.request(start());
        assertThat(rollouts.turns()).isEmpty();
        assertThat(rollouts.events()).isEmpty();

        rollouts.upToDateWorker("new");
        rollouts.secondsPass(2);
        rollouts.turns();
        assertThat(rollouts.events()).hasToString("[started, started, wave-started]");
        assertThat(answered(rollouts.events().subList(0, 2))).containsExactly(first, second);
        assertThat(rollouts.events().stream().map(Published::id)).doesNotHaveDuplicates();
    }

    @Test
    void startsThatCannotBePlannedAreAllRefused() throws SQLException {
        rollouts.tenants(1, 3, null);
        String first = rollouts.request(target("7"));
        String second = rollouts.request(target("7"));
        rollouts.turns();
        assertThat(rollouts.events()).isEmpty();

        rollouts = new DrivenRollouts(registry, Duration.ZERO);
        rollouts.turns();
        assertThat(rollouts.events()).hasToString("[refused, refused]");
        assertThat(answered(rollouts.events())).containsExactly(first, second);
    }

    @Test
    void anAbortBeforeThePlanRefusesTheStarts() throws SQLException {
        rollouts.tenants(1, 3, null);
        String first = rollouts.request(target("7"));
        String second = rollouts.request(target("7"));
        rollouts.change(RolloutAction.ABORT, "wrong target");
        rollouts.turns();
        assertThat(rollouts.events()).hasToString("[refused, refused, aborted]");
        assertThat(answered(rollouts.events().subList(0, 2))).containsExactly(first, second);

        rollouts.request(target("7"));
        rollouts.turns();
        assertRefused(ErrorCode.ROLLOUT_STATE, "r1 was aborted before it was planned");
    }

    private static List<String> answered(List<Published> events) {
        return events.stream()
                .map(event -> Objects.requireNonNull(event.data().request()).id())
                .toList();
    }

    @Test
    void aTargetThatNoWorkerHasIsRefusedAfterTheGrace() throws SQLException {
        rollouts.tenants(1, 3, null);
        rollouts.request(target("7"));
        rollouts.turns();
        assertThat(rollouts.events()).as("it may come within the grace").isEmpty();

        rollouts = new DrivenRollouts(registry, Duration.ZERO);
        rollouts.turns();
        assertRefused(ErrorCode.TARGET_UNKNOWN, "7");
        rollouts.request(target("2"));
        assertThat(rollouts.turns()).as("the name is free again").hasSize(3);
    }

    @Test
    void withoutALiveWorkerItWaitsAndIsRefusedAfterTheGrace() throws SQLException {
        rollouts.clear();
        rollouts.tenants(1, 3, null);
        rollouts.request(start());
        assertThat(rollouts.turns()).isEmpty();
        assertThat(rollouts.events()).isEmpty();
        assertThat(waitsFor()).startsWith("no live worker has said which migrations it has");

        rollouts = new DrivenRollouts(registry, Duration.ZERO);
        rollouts.turns();

        assertRefused(ErrorCode.TARGET_UNKNOWN, "no live worker has said which migrations it has");
    }

    @Test
    void aPlannedRolloutWhoseWorkersAreGoneWaitsForNewOnes() throws SQLException {
        rollouts.tenants(1, 3, null);
        rollouts.worker("old", null);
        rollouts.request(start());
        rollouts.turns();
        deployment.executeInRegistry("TRUNCATE tenantry.worker CASCADE");
        rollouts.secondsPass(2);
        assertThat(rollouts.turns()).isEmpty();
        assertThat(waitsFor()).isEqualTo("no live worker has said which migrations it has");

        rollouts.upToDateWorker("new");
        rollouts.secondsPass(2);

        assertThat(rollouts.turns()).hasSize(3);
        assertThat(rollouts.events()).hasToString("[started, wave-started]");
    }

    private static String waitsFor() {
        return deployment
                .queryRegistry("SELECT waits_for FROM tenantry.rollout")
                .get(0);
    }

    @Test
    void whatIsSentForTheFirstTimeAfterAResumeIsNotSkipped() throws SQLException {
        rollouts.tenants(1, 30, null);
        rollouts.request(start());
        List<Sent> sent = rollouts.turns();
        rollouts.failed(sent.subList(0, 1), ErrorCode.MIGRATION_FAILED);
        rollouts.turns();
        rollouts.completed(sent.subList(1, 10));
        rollouts.change(RolloutAction.RESUME, null);
        List<Sent> next = rollouts.turns();
        assertThat(next)
                .hasSize(20)
                .allSatisfy(one -> assertThat(one.data().attempt()).isEqualTo(1));
        assertThat(rollouts.halted(next)).isEmpty();
    }

    @Test
    void aConcurrencyThatWasAskedForDoesNotGrow() throws SQLException {
        rollouts.tenants(1, 40, null);
        rollouts.request(new RolloutRequested(
                "r1",
                RolloutAction.START,
                null,
                List.of(),
                "2",
                RolloutSelection.ALL,
                List.of(),
                16,
                HaltRule.FIRST_FAILURE,
                null));
        List<Sent> sent = rollouts.turns();
        assertThat(sent).hasSize(16);
        rollouts.completed(sent.subList(0, 1));
        assertThat(rollouts.turns())
                .as("one place is free, and waits for another")
                .isEmpty();
        rollouts.completed(sent.subList(1, 2));
        assertThat(rollouts.turns()).hasSize(2);
    }

    @Test
    void whatHasNoAnswerForLongIsSentAgain() throws SQLException {
        rollouts.tenants(1, 3, null);
        rollouts.request(start());
        List<Sent> sent = rollouts.turns();
        rollouts.turns();
        rollouts.secondsPass(29);
        assertThat(rollouts.turns()).isEmpty();
        rollouts.secondsPass(2);
        assertThat(rollouts.turns()).containsExactlyInAnyOrderElementsOf(sent);
        rollouts.secondsPass(31);
        assertThat(rollouts.turns()).as("the interval grows").isEmpty();
    }

    @Test
    void aRolloutWithoutProgressIsNoticed() throws SQLException {
        rollouts.tenants(1, 3, null);
        rollouts.request(start());
        List<Sent> sent = rollouts.turns();
        rollouts.turns();
        assertThat(rollouts.watch().inState(RolloutState.RUNNING)).isEqualTo(1);
        rollouts.secondsPass(9);
        rollouts.turns();
        assertThat(rollouts.watch().longestStall()).isZero();
        rollouts.secondsPass(3);
        rollouts.turns();
        assertThat(rollouts.watch().longestStall()).isEqualTo(Duration.ofSeconds(12));
        rollouts.completed(sent.subList(0, 1));
        rollouts.turns();
        rollouts.turns();
        assertThat(rollouts.watch().longestStall()).isZero();
        rollouts.completed(sent.subList(1, 3));
        rollouts.turns();
        rollouts.turns();
        assertThat(rollouts.watch().inState(RolloutState.RUNNING)).isZero();
    }

    @Test
    void aRolloutThatCannotBeReadStopsNoOther() throws SQLException {
        rollouts.execute(
                "INSERT INTO tenantry.rollout (rollout, group_id, partition, state, request, verb_id, verb_source,"
                        + " concurrency, targets) VALUES ('broken', 'group', 0, 'waiting', '{}', '1', '/test', 1, '[]'); INSERT INTO"
                        + " tenantry.rollout_wave (rollout, wave, members, in_flight) VALUES ('broken', 1, 1, 1)");
        rollouts.tenants(1, 3, null);
        rollouts.request(start());
        List<Sent> sent = rollouts.turns();
        assertThat(sent).hasSize(3);

        rollouts.takenOver(OptionalLong.of(2));
        assertThat(rollouts.turns()).containsExactlyInAnyOrderElementsOf(sent);
        rollouts.secondsPass(12);
        assertThat(rollouts.turns()).as("its reason is asked for").isEmpty();
        rollouts.secondsPass(31);
        assertThat(rollouts.turns()).as("unanswered requests of both").containsExactlyInAnyOrderElementsOf(sent);
        rollouts.completed(sent);
        rollouts.turns();
        assertThat(rollouts.last()).hasToString("completed");
    }

    @Test
    void marksThatTheRegistryDidNotTakeAreMadeLater() throws SQLException {
        rollouts.execute(
                "CREATE FUNCTION tenantry.away() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'away' USING"
                        + " ERRCODE = '57P03'; END$$; CREATE TRIGGER away BEFORE UPDATE ON tenantry.rollout_event FOR EACH ROW"
                        + " EXECUTE FUNCTION tenantry.away()");
        try {
            rollouts.tenants(1, 3, null);
            rollouts.request(start());
            assertThatThrownBy(rollouts::turns).hasMessageContaining("away");
            assertThat(rollouts.unmarked()).containsExactly(1L, 2L);
        } finally {
            rollouts.execute("DROP FUNCTION tenantry.away() CASCADE");
        }
        rollouts.turns();
        assertThat(rollouts.unmarked()).isEmpty();

        rollouts.execute("UPDATE tenantry.rollout_event SET published = false");
        rollouts.takenOver(OptionalLong.of(1));
        assertThat(rollouts.unmarked()).hasSize(2);
        rollouts.turns();
        assertThat(rollouts.unmarked())
                .as("one by the offset's metadata, one is published again")
                .isEmpty();
    }

    @Test
    void whatCannotBePlannedIsRefused() throws SQLException {
        rollouts.tenants(1, 3, null);
        rollouts.request(select("acme"));
        rollouts.turns();
        assertRefused(ErrorCode.UNKNOWN_TENANT, "acme");
        rollouts.request(new RolloutRequested("r1", List.of("nothere"), "latest", List.of(), HaltRule.FIRST_FAILURE));
        rollouts.turns();
        assertRefused(ErrorCode.UNKNOWN_DATABASE, "nothere");
        rollouts.change(RolloutAction.PAUSE, null);
        rollouts.turns();
        assertRefused(ErrorCode.ROLLOUT_STATE, "no rollout r1");
    }

    private void assertRefused(ErrorCode code, String reason) {
        assertThat(rollouts.last()).hasToString("refused");
        assertThat(rollouts.last().data().code()).isEqualTo(code);
        assertThat(rollouts.last().data().reason()).contains(reason);
    }

    private static RolloutRequested start(Wave... waves) {
        return start("latest", RolloutSelection.ALL, HaltRule.FIRST_FAILURE, waves);
    }

    private static RolloutRequested start(HaltRule halt) {
        return start("latest", RolloutSelection.ALL, halt);
    }

    private static RolloutRequested target(String target) {
        return start(target, RolloutSelection.ALL, HaltRule.FIRST_FAILURE);
    }

    private static RolloutRequested select(String tenant) {
        return start("latest", new RolloutSelection(List.of(tenant), List.of(), Map.of()), HaltRule.FIRST_FAILURE);
    }

    private static RolloutRequested start(String target, RolloutSelection select, HaltRule halt, Wave... waves) {
        return new RolloutRequested(
                "r1", RolloutAction.START, null, List.of(), target, select, List.of(waves), null, halt, null);
    }
}

package io.tenantry.worker.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.RolloutCounts;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.RolloutSelection;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Results;
import io.tenantry.worker.scenario.RolloutEvents;
import io.tenantry.worker.scenario.RolloutEvents.Change;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rollout from its request to its end, as release tooling sees it. */
class RolloutIT {
    private static final int TENANTS = 60;
    private static final List<String> BROKEN = List.of("t10", "t12", "t15");

    private Deployment deployment;

    @BeforeEach
    void aFleetWhoseTenantsHaveRowsOfTheirOwn() {
        deployment = Deployment.create().with("worker.concurrency", "4");
        deployment.database("users").with("V1__account.sql", "CREATE TABLE account (id int PRIMARY KEY, name text);");
        deployment.withTopics().startWorker();
        IntStream.range(0, TENANTS).forEach(i -> deployment.events().signUp("t" + i));
        deployment.results().await(TENANTS);
        BROKEN.forEach(tenant -> deployment.execute("INSERT INTO users_" + tenant + ".account VALUES (1, NULL)"));
        deployment
                .database("users")
                .with("V2__name.sql", "SELECT pg_sleep(0.02);\nALTER TABLE account ALTER COLUMN name SET NOT NULL;");
        deployment.replaceWorkers();
    }

    @AfterEach
    void close() throws Exception {
        deployment.close();
    }

    @Test
    void haltsGoesOnAfterAMendAndKnowsThenThatAllAreThere() {
        RolloutEvents events = deployment.rolloutEvents();
        String plain = deployment.events().publish(new MigrationRequested("t1", null, List.of(), "1", "june", 1));
        deployment.results().of(plain);
        deployment.events().publish(start("june", new HaltRule(null, 4)));
        Change halted = events.await(EventType.ROLLOUT_HALTED);
        assertThat(halted.data().reason())
                .isEqualTo("wave 1: 3 of its 60 tenants failed; at most 2 may fail (maxFailurePercent 4)");
        awaitAnswersOfAllThatWereSent();
        List<String> untouched = atVersion("1");
        assertThat(untouched).as("the rest is at the old version").hasSizeGreaterThan(BROKEN.size());
        Await.until(
                Duration.ofSeconds(30),
                "the failures",
                () -> ofRollout(Outcome.FAILED).size() == BROKEN.size());
        List<TenantResult> failed = ofRollout(Outcome.FAILED);
        assertThat(failed.stream().map(TenantResult::key)).containsExactlyInAnyOrderElementsOf(BROKEN);
        assertThat(Results.error(failed.get(0)).migration()).isEqualTo("V2__name.sql");
        assertThat(ofRollout(Outcome.SKIPPED))
                .allSatisfy(result -> assertThat(Results.error(result).code()).isEqualTo(ErrorCode.ROLLOUT_HALTED));

        BROKEN.forEach(tenant -> deployment.execute("UPDATE users_" + tenant + ".account SET name = 'mended'"));
        deployment.events().publish(RolloutRequested.change("june", RolloutAction.RETRY_FAILED, null));
        deployment.events().publish(RolloutRequested.change("june", RolloutAction.RESUME, "mended"));
        Change completed = events.await(EventType.ROLLOUT_COMPLETED);
        assertThat(completed.data().counts()).isEqualTo(new RolloutCounts(TENANTS, TENANTS, 0, 0, 0));
        assertThat(completed.data().failures())
                .as("the plain request with the rollout's name is not counted")
                .isEqualTo(Map.of(ErrorCode.MIGRATION_FAILED, 3));
        assertThat(atVersion("2")).hasSize(TENANTS);
        Await.until(
                Duration.ofSeconds(30),
                "the results of all",
                () -> ofRollout(Outcome.COMPLETED).size() >= TENANTS);
        assertThat(ofRollout(Outcome.COMPLETED).stream().map(TenantResult::key))
                .as("one result for each tenant that was upgraded")
                .doesNotHaveDuplicates()
                .hasSize(TENANTS);
        assertThat(events.all())
                .hasToString("[started, wave-started, halted, retrying, resumed, wave-completed, completed]");

        String again = deployment.events().publish(start("july", HaltRule.FIRST_FAILURE));
        Change none = events.await(
                "july",
                change -> change.data().rollout().equals("july") && change.type() == EventType.ROLLOUT_COMPLETED);
        assertThat(none.data().counts()).isEqualTo(new RolloutCounts(TENANTS, 0, TENANTS, 0, 0));
        assertThat(events.answerTo(again).type()).isEqualTo(EventType.ROLLOUT_STARTED);
        String resumed = deployment.events().publish(RolloutRequested.change("july", RolloutAction.RESUME, null));
        assertThat(events.answerTo(resumed).data().code()).isEqualTo(ErrorCode.ROLLOUT_STATE);
    }

    private void awaitAnswersOfAllThatWereSent() {
        Await.until(
                Duration.ofSeconds(60),
                "all that was sent is answered",
                () -> deployment
                        .queryRegistry("SELECT sum(in_flight) FROM tenantry.rollout_wave")
                        .equals(List.of("0")));
    }

    private List<String> atVersion(String version) {
        return deployment.queryRegistry("SELECT tenant FROM tenantry.tenant_home WHERE version = '" + version + "'");
    }

    private List<TenantResult> ofRollout(Outcome outcome) {
        return deployment.results().all().stream()
                .filter(result -> "june".equals(result.rollout()) && result.outcome() == outcome)
                .toList();
    }

    private static RolloutRequested start(String rollout, HaltRule halt) {
        return new RolloutRequested(
                rollout,
                RolloutAction.START,
                null,
                List.of(),
                "latest",
                RolloutSelection.ALL,
                List.of(),
                30,
                halt,
                null);
    }
}

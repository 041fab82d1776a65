package io.tenantry.worker.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.RolloutCounts;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.RolloutSelection;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Results;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code verify-after: always} in a process of its own. */
class VerifiedRolloutIT {
    private static final int TENANTS = 8;
    private static final String TREATED_DIFFERENTLY = "t3";
    private static final String DRIFTED_BEFORE = "t5";

    private Deployment deployment;

    @BeforeEach
    void aFleetWithAnOldDriftAndAScriptThatTreatsOneTenantDifferently() {
        deployment = Deployment.create().with("databases.users.verify-after", "always");
        deployment.database("users").with("V1__account.sql", "CREATE TABLE account (id int PRIMARY KEY, name text);");
        deployment.withTopics().startWorker();
        IntStream.range(0, TENANTS).forEach(i -> deployment.events().signUp("t" + i));
        deployment.results().await(TENANTS);
        deployment.execute("CREATE TABLE users_" + DRIFTED_BEFORE + ".notes (id int)");
        deployment
                .database("users")
                .with(
                        "V2__name.sql",
                        "DO $$ BEGIN IF '${tenant}' <> '" + TREATED_DIFFERENTLY
                                + "' THEN CREATE INDEX by_name ON account (name); END IF; END $$;");
        deployment.replaceWorkers().stop();
        deployment.startWorkerProcess();
    }

    @AfterEach
    void close() throws Exception {
        deployment.close();
    }

    @Test
    void failsWhatTheRequestCausedAndHaltsNoRolloutForAnOldDrift() {
        Results results = deployment.results();

        TenantResult treated = results.data(deployment.events().migrate(TREATED_DIFFERENTLY, "latest"));

        assertThat(treated.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(Results.error(treated).code()).isEqualTo(ErrorCode.DRIFT_DETECTED);
        assertThat(Results.error(treated).message()).contains("missing index by_name on account");
        assertThat(treated.databases()).extracting(DatabaseResult::to).containsExactly("2");
        assertThat(treated.databases()).extracting(DatabaseResult::applied).containsExactly(List.of("2"));

        deployment.events().publish(overAll());

        assertThat(deployment
                        .rolloutEvents()
                        .await(EventType.ROLLOUT_COMPLETED)
                        .data()
                        .counts())
                .as("the old drift of %s, and %s is at its version", DRIFTED_BEFORE, TREATED_DIFFERENTLY)
                .isEqualTo(new RolloutCounts(TENANTS, TENANTS - 1, 1, 0, 0));
        int requests = TENANTS + 1 + TENANTS;
        Await.until(Duration.ofSeconds(30), "all results", () -> results.all().size() >= requests);
        assertThat(results.all())
                .extracting(result -> result.request().id())
                .as("one result for each request")
                .doesNotHaveDuplicates()
                .hasSize(requests);
        assertThat(deployment.queryRegistry("SELECT key FROM tenantry.drift_home WHERE state = 'drifted' ORDER BY key"))
                .containsExactly(TREATED_DIFFERENTLY, DRIFTED_BEFORE);
    }

    private static RolloutRequested overAll() {
        return new RolloutRequested(
                "june",
                RolloutAction.START,
                null,
                List.of(),
                "latest",
                RolloutSelection.ALL,
                List.of(),
                30,
                HaltRule.FIRST_FAILURE,
                null);
    }
}

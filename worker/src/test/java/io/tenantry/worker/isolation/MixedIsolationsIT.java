package io.tenantry.worker.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.scenario.Deployment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One configuration with all isolations, and tenants with homes in several of them. */
class MixedIsolationsIT {
    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("analytics").isolation(Isolation.DATABASE).withTwoTables();
        deployment.database("billing").isolation(Isolation.SHARED).withTwoTables();
        deployment.database("users").withTwoTables();
        deployment.database("archive").isolation(Isolation.DATABASE).withTwoTables();
        deployment.withTopics();
        deployment.startWorker();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void aTenantGetsAHomeInEachThatIsNotSharedInTheConfiguredOrder() {
        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.databases())
                .extracting(DatabaseResult::database)
                .containsExactly("analytics", "users", "archive");
        assertThat(result.databases())
                .extracting(DatabaseResult::location)
                .containsExactly(
                        deployment.locationOf("analytics", "acme"),
                        "users_acme",
                        deployment.locationOf("archive", "acme"));
        assertThat(result.databases()).allSatisfy(home -> {
            assertThat(home.from()).isNull();
            assertThat(home.applied()).containsExactly("1", "2");
        });
        assertThat(deployment.queryRegistry("SELECT database FROM tenantry.tenant_home WHERE version = '2' ORDER BY 1"))
                .containsExactly("analytics", "archive", "users");
    }

    @Test
    void aReleaseReachesAllOfThemEachByItsOwnRequest() {
        deployment.results().data(deployment.events().signUp("acme"));
        for (String database : List.of("analytics", "billing", "users", "archive")) {
            deployment.database(database).with("V3__added.sql", "CREATE TABLE added (id int);");
        }
        deployment.replaceWorkers();

        String tenant = deployment.events().migrate("acme", "latest");
        String shared =
                deployment.events().publish(new MigrationRequested(null, "billing", List.of(), "latest", null, 1));

        assertThat(deployment.results().data(tenant).databases())
                .extracting(DatabaseResult::database, DatabaseResult::applied)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("analytics", List.of("3")),
                        org.assertj.core.groups.Tuple.tuple("users", List.of("3")),
                        org.assertj.core.groups.Tuple.tuple("archive", List.of("3")));
        assertThat(deployment.results().data(shared).databases().get(0).applied())
                .containsExactly("1", "2", "3");
    }

    @Test
    void aFailureInOneLeavesThoseBeforeItDoneAndThoseAfterItUntouched() {
        deployment.database("users").with("V3__bad.sql", "SELECT 1 / 0;");
        deployment.replaceWorkers();

        TenantResult failed = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(failed.databases())
                .extracting(DatabaseResult::outcome)
                .containsExactly(Outcome.COMPLETED, Outcome.FAILED, Outcome.NOT_ATTEMPTED);
        assertThat(deployment.query(
                        "SELECT 1 FROM pg_database WHERE datname = '" + deployment.locationOf("archive", "acme") + "'"))
                .isEmpty();

        deployment.database("users").with("V3__bad.sql", "SELECT 1;");
        deployment.replaceWorkers();
        TenantResult repaired = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(repaired.databases())
                .extracting(DatabaseResult::outcome)
                .containsExactly(Outcome.UP_TO_DATE, Outcome.COMPLETED, Outcome.COMPLETED);
    }

    @Test
    void aSignupMayNameSomeOfThem() {
        TenantResult result = deployment
                .results()
                .data(deployment.events().publish(new TenantCreated("acme", List.of("archive", "users"), Map.of())));

        assertThat(result.databases()).extracting(DatabaseResult::database).containsExactly("users", "archive");
    }
}

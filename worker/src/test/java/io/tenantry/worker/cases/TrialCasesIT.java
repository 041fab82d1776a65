package io.tenantry.worker.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.PublicCase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Projects whose scripts do more than a trial may leave; cases 03, 04, 08, 12 and 40, from start to result. */
class TrialCasesIT {
    private static final String TENANT = "trialacme";

    private PublicCase log;
    private Deployment deployment;

    @BeforeEach
    void deploy() {
        log = PublicCase.of("08-ddl-log").release1();
        // Event triggers, and roles of tenants.
        deployment = log.deployment().asSuperuser();
    }

    @AfterEach
    void cleanUp() throws Exception {
        // Roles are the server's.
        deployment.execute("DROP EVENT TRIGGER log_ddl; DROP OWNED BY trialacme_app; DROP ROLE trialacme_app");
        log.close();
    }

    @Test
    void realProjectsStartAndTheirTenantsStayTheirOwn() {
        PublicCase.put("03-role-per-tenant", "migrations", deployment.database("roles"));
        PublicCase.put("04-comment-on-own-schema", "migrations", deployment.database("labels"));
        PublicCase.put("12-dollar-parameters", "migrations", deployment.database("sums"));
        PublicCase.put("40-temp-table-with-toast", "migrations", deployment.database("notes"));
        deployment.startWorker();
        assertThat(deployment.query("SELECT tag FROM audit.ddl_log")).isEmpty();
        assertThat(deployment.query("SELECT rolname FROM pg_roles WHERE rolname LIKE '" + TENANT + "%'"))
                .isEmpty();

        TenantResult onboarded = deployment.results().data(deployment.events().signUp(TENANT));

        assertThat(onboarded.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(deployment.query("SELECT DISTINCT tag FROM audit.ddl_log"))
                .contains("CREATE SCHEMA", "CREATE TABLE");
        assertThat(deployment.query("SELECT rolname FROM pg_roles WHERE rolname LIKE '" + TENANT + "%'"))
                .containsExactly(TENANT + "_app");

        PublicCase.put("04-comment-on-own-schema", "migrations-2", deployment.database("labels"));
        deployment.replaceWorkers();
        TenantResult migrated = deployment.results().data(deployment.events().migrate(TENANT, "latest", "labels"));

        assertThat(migrated.databases())
                .extracting(DatabaseResult::database, DatabaseResult::outcome, DatabaseResult::applied)
                .containsExactly(tuple("labels", Outcome.COMPLETED, List.of("3")));
    }
}

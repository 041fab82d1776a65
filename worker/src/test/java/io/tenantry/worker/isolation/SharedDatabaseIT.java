package io.tenantry.worker.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.RegisteredHomes;
import io.tenantry.worker.scenario.Results;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One database for all tenants, which is upgraded by its own name. */
class SharedDatabaseIT {
    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        deployment.database("billing").isolation(Isolation.SHARED).withTwoTables();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void theFirstMigrationCreatesMarksRegistersAndSaysSo() {
        start();

        Event<?> event = deployment.results().of(migrate("billing", "latest"));

        assertThat(event.type()).isEqualTo(EventType.MIGRATION_COMPLETED);
        TenantResult result = (TenantResult) event.data();
        assertThat(result.tenant()).isNull();
        assertThat(result.database()).isEqualTo("billing");
        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.databases()).singleElement().satisfies(home -> {
            assertThat(home.database()).isEqualTo("billing");
            assertThat(home.location()).isEqualTo("billing");
            assertThat(home.from()).isNull();
            assertThat(home.applied()).containsExactly("1", "2");
        });
        assertThat(tablesOf("billing")).containsExactly("account", "flyway_schema_history", "invoice");
        assertThat(deployment.query("SELECT obj_description('billing'::regnamespace, 'pg_namespace')"))
                .containsExactly("tenantry database=billing");
        assertThat(registered()).containsExactly("billing on main in billing at 2");
        assertThat(RegisteredHomes.of(deployment)).containsExactly("billing 2 known");
        assertThat(deployment.queryRegistry("SELECT tenant FROM tenantry.tenant"))
                .isEmpty();
    }

    @Test
    void theSecondFindsNothingToDo() {
        start();
        deployment.results().data(migrate("billing", "latest"));

        assertThat(deployment.results().data(migrate("billing", "latest")).outcome())
                .isEqualTo(Outcome.UP_TO_DATE);
    }

    @Test
    void aFailingScriptSaysWhereAndANewReleaseGoesOn() {
        deployment.database("billing").with("V3__bad.sql", "CREATE TABLE half (id int);\nSELECT 1 / 0;");
        start();

        Event<?> failed = deployment.results().of(migrate("billing", "latest"));

        assertThat(failed.type()).isEqualTo(EventType.MIGRATION_FAILED);
        assertThat(Results.error((TenantResult) failed.data()).migration()).isEqualTo("V3__bad.sql");
        assertThat(Results.error((TenantResult) failed.data()).line()).isEqualTo(2);
        assertThat(tablesOf("billing")).doesNotContain("half");
        assertThat(registered()).containsExactly("billing on main in billing at 2");
        assertThat(RegisteredHomes.of(deployment)).containsExactly("billing 2 unknown");

        deployment.database("billing").with("V3__bad.sql", "CREATE TABLE half (id int);");
        deployment.replaceWorkers();

        TenantResult repaired = deployment.results().data(migrate("billing", "3"));
        assertThat(repaired.databases().get(0).applied()).containsExactly("3");
        assertThat(registered()).containsExactly("billing on main in billing at 3");
        assertThat(RegisteredHomes.of(deployment)).containsExactly("billing 3 known");
    }

    @Test
    void takesASchemaWithoutAMarkAsItIs() {
        deployment.with("databases.billing.location", "public");
        deployment.execute("GRANT CREATE ON SCHEMA public TO " + deployment.workerRole());
        start();

        TenantResult result = deployment.results().data(migrate("billing", "latest"));

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(tablesOf("public")).containsExactly("account", "flyway_schema_history", "invoice");
        assertThat(deployment.query("SELECT obj_description('public'::regnamespace, 'pg_namespace')"))
                .containsExactly("standard public schema");
    }

    @Test
    void refusesASchemaWithTheMarkOfATenantOrOfAnotherDatabase() {
        deployment.execute("CREATE SCHEMA billing");
        start();
        for (String mark : List.of("tenantry tenant=acme database=users", "tenantry database=other")) {
            deployment.execute("COMMENT ON SCHEMA billing IS '" + mark + "'");

            TenantResult result = deployment.results().data(migrate("billing", "latest"));

            assertThat(Results.error(result).code()).isEqualTo(ErrorCode.LOCATION_TAKEN);
            assertThat(Results.error(result).message()).contains(mark, "tenantry database=billing");
        }
        assertThat(tablesOf("billing")).isEmpty();
        assertThat(registered()).isEmpty();
    }

    @Test
    void oneThatWasMigratedAndIsGoneIsNotMadeAnewEmpty() {
        start();
        deployment.results().data(migrate("billing", "latest"));
        deployment.execute("DROP SCHEMA billing CASCADE");

        TenantResult result = deployment.results().data(migrate("billing", "latest"));

        assertThat(Results.error(result).code()).isEqualTo(ErrorCode.DRIFT_DETECTED);
        assertThat(Results.error(result).message()).contains("shared database billing", "tenantry.shared_database");
        assertThat(deployment.query("SELECT nspname FROM pg_namespace WHERE nspname = 'billing'"))
                .isEmpty();
    }

    @Test
    void isNoConcernOfTenants() {
        start();

        TenantResult signedUp = deployment.results().data(deployment.events().signUp("acme"));
        TenantResult named = deployment
                .results()
                .data(deployment.events().publish(new TenantCreated("beta", List.of("billing"), Map.of())));
        TenantResult migrated = deployment.results().data(deployment.events().migrate("acme", "latest", "billing"));

        assertThat(signedUp.databases()).extracting(home -> home.database()).containsExactly("users");
        assertThat(Results.error(named).code()).isEqualTo(ErrorCode.UNKNOWN_DATABASE);
        assertThat(Results.error(migrated).code()).isEqualTo(ErrorCode.UNKNOWN_DATABASE);
        assertThat(Results.error(migrated).message()).contains("billing is shared");
        assertThat(tablesOf("billing")).isEmpty();
    }

    @Test
    void oneThatIsNotSharedOrNotConfiguredIsUnknown() {
        start();

        for (String name : List.of("users", "nowhere")) {
            TenantResult result = deployment.results().data(migrate(name, "latest"));

            assertThat(Results.error(result).code()).isEqualTo(ErrorCode.UNKNOWN_DATABASE);
            assertThat(result.database()).isEqualTo(name);
        }
    }

    @Test
    void aTenantOfTheSameNameIsSomethingElse() {
        start();

        TenantResult tenant = deployment.results().data(deployment.events().signUp("billing"));
        TenantResult database = deployment.results().data(migrate("billing", "1"));
        TenantResult tenantAgain = deployment.results().data(deployment.events().migrate("billing", "latest"));

        assertThat(tenant.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(database.databases().get(0).location()).isEqualTo("billing");
        assertThat(database.databases().get(0).to()).isEqualTo("1");
        assertThat(tenantAgain.outcome()).isEqualTo(Outcome.UP_TO_DATE);
        assertThat(tenantAgain.databases().get(0).location()).isEqualTo("users_billing");
    }

    private String migrate(String database, String target) {
        return deployment.events().publish(new MigrationRequested(null, database, List.of(), target, null, 1));
    }

    private void start() {
        deployment.withTopics();
        deployment.startWorker();
    }

    private List<String> registered() {
        return deployment.queryRegistry("SELECT database || ' on ' || server || ' in ' || location || ' at ' || version"
                + " FROM tenantry.shared_database");
    }

    private List<String> tablesOf(String schema) {
        return deployment.query("SELECT tablename FROM pg_tables WHERE schemaname = '" + schema + "' ORDER BY 1");
    }
}

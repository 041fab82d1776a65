package io.tenantry.worker.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Results;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tenants with a PostgreSQL database of their own. */
@Order(8)
class DatabaseIsolationIT {
    private static final String TABLES =
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'flyway_schema_history' ORDER BY 1";
    private static final String HISTORY = "SELECT version FROM flyway_schema_history ORDER BY installed_rank";

    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("analytics").isolation(Isolation.DATABASE).withTwoTables();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void createsMigratesMarksRegistersAndSaysSo() {
        start();

        Event<?> event = deployment.results().of(deployment.events().signUp("acme"));

        assertThat(event.type()).isEqualTo(EventType.TENANT_ONBOARDED);
        TenantResult result = (TenantResult) event.data();
        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.databases()).singleElement().satisfies(home -> {
            assertThat(home.location()).isEqualTo(acme());
            assertThat(home.from()).isNull();
            assertThat(home.to()).isEqualTo("2");
            assertThat(home.applied()).containsExactly("1", "2");
        });
        assertThat(deployment.query(acme(), TABLES)).containsExactly("account", "invoice");
        assertThat(deployment.query(acme(), HISTORY)).containsExactly("1", "2");
        assertThat(comment(acme())).containsExactly("tenantry tenant=acme database=analytics");
        assertThat(deployment.queryRegistry("SELECT location || ' at ' || version FROM tenantry.tenant_home"))
                .containsExactly(acme() + " at 2");
        assertThat(deployment.query(TABLES)).isEmpty();
        assertThat(CommandLineRun.on(deployment, "drift").lines())
                .as("a copy of a template is what the migrations make")
                .containsExactly(
                        "1 home compared: 1 as their migrations make them, 0 drifted, 0 not comparable, 0 being migrated");
    }

    /** PostgreSQL copies neither privileges nor settings of a database with its template. */
    @Test
    void whatScriptsDoToTheDatabaseItselfIsThereInEachHome() {
        deployment
                .database("analytics")
                .with(
                        "V3__grant.sql",
                        "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO pg_monitor', current_database());"
                                + " EXECUTE format('ALTER DATABASE %I SET work_mem = %L', current_database(), '8MB'); END $$");
        start();

        assertThat(deployment.results().data(deployment.events().signUp("acme")).outcome())
                .isEqualTo(Outcome.COMPLETED);
        assertThat(deployment.query(
                        acme(),
                        "SELECT has_database_privilege('pg_monitor', current_database(), 'CREATE')::text || ' ' || setting"
                                + " FROM pg_settings WHERE name = 'work_mem'"))
                .containsExactly("true 8192");
        assertThat(CommandLineRun.on(deployment, "drift").status()).isZero();
    }

    @Test
    void findsNothingToDoForATenantThatIsOnboarded() {
        start();
        deployment.results().data(deployment.events().signUp("acme"));

        TenantResult again = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(again.outcome()).isEqualTo(Outcome.UP_TO_DATE);
        assertThat(again.databases().get(0).applied()).isEmpty();
    }

    @Test
    void onboardsManyAtOnce() {
        start();
        List<String> tenants = IntStream.range(0, 12).mapToObj(i -> "t" + i).toList();
        tenants.forEach(deployment.events()::signUp);

        assertThat(deployment.results().await(tenants.size()))
                .extracting(TenantResult::outcome)
                .containsOnly(Outcome.COMPLETED);
        assertThat(tenants)
                .allSatisfy(tenant -> assertThat(deployment.query(deployment.locationOf("analytics", tenant), HISTORY))
                        .containsExactly("1", "2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tenantry tenant=acme2 database=analytics", "ours"})
    void refusesADatabaseOfSomebodyElseAndTouchesNothing(String mark) {
        deployment.execute("CREATE DATABASE " + acme());
        deployment.execute(acme(), "CREATE TABLE theirs (id int)");
        comment(acme(), mark);
        start();

        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(Results.error(result).code()).isEqualTo(ErrorCode.LOCATION_TAKEN);
        assertThat(Results.error(result).message()).contains(acme(), "tenantry adopt --database analytics", mark);
        assertThat(deployment.query(acme(), TABLES)).containsExactly("theirs");
        assertThat(deployment.queryRegistry("SELECT tenant FROM tenantry.tenant"))
                .isEmpty();
    }

    @Test
    void upgradesAndSaysUpToDateAfterwards() {
        release();

        TenantResult upgraded = deployment.results().data(deployment.events().migrate("acme", "latest"));
        TenantResult again = deployment.results().data(deployment.events().migrate("acme", "latest"));

        assertThat(upgraded.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(upgraded.databases()).extracting(DatabaseResult::applied).containsExactly(List.of("3"));
        assertThat(again.outcome()).isEqualTo(Outcome.UP_TO_DATE);
        assertThat(deployment.query(acme(), TABLES)).containsExactly("account", "added", "invoice");
    }

    @Test
    void failsWhenTheDatabaseIsGoneAndMakesNoEmptyOne() {
        release();
        deployment.execute("DROP DATABASE " + acme());

        TenantResult result = deployment.results().data(deployment.events().migrate("acme", "latest"));

        assertThat(Results.error(result).code()).isEqualTo(ErrorCode.DRIFT_DETECTED);
        assertThat(Results.error(result).message()).contains(acme(), "onboard the tenant again");
        assertThat(names(acme())).isEmpty();
    }

    @Test
    void failsWhenTheDatabaseBearsTheMarkOfAnother() {
        release();
        comment(acme(), "tenantry tenant=other database=analytics");

        TenantResult result = deployment.results().data(deployment.events().migrate("acme", "latest"));

        assertThat(Results.error(result).code()).isEqualTo(ErrorCode.LOCATION_TAKEN);
        assertThat(deployment.query(acme(), HISTORY)).containsExactly("1", "2");
    }

    @Test
    void aDatabaseThatLetsNobodyInFailsAloneAndTheServerGoesOn() {
        release();
        deployment.results().data(deployment.events().signUp("other"));
        deployment.execute("ALTER DATABASE " + acme() + " ALLOW_CONNECTIONS false");

        TenantResult closed = deployment.results().data(deployment.events().migrate("acme", "latest"));
        TenantResult other = deployment.results().data(deployment.events().migrate("other", "latest"));

        assertThat(Results.error(closed).code()).isEqualTo(ErrorCode.SERVER_UNAVAILABLE);
        assertThat(Results.error(closed).message()).contains(acme(), "ALLOW_CONNECTIONS true");
        assertThat(other.outcome()).isEqualTo(Outcome.UP_TO_DATE);
    }

    @Test
    void aScriptThatFailsLeavesTheDatabaseBehindIt() {
        release();
        deployment.results().data(deployment.events().migrate("acme", "latest"));
        deployment
                .database("analytics")
                .with("V4__good.sql", "CREATE TABLE good (id int);")
                .with("V5__bad.sql", "CREATE TABLE half (id int);\nSELECT 1 / 0;");
        deployment.replaceWorkers();

        TenantResult result = deployment.results().data(deployment.events().migrate("acme", "latest"));

        assertThat(Results.error(result).migration()).isEqualTo("V5__bad.sql");
        assertThat(Results.error(result).line()).isEqualTo(2);
        assertThat(result.databases().get(0).to()).isEqualTo("4");
        assertThat(deployment.query(acme(), TABLES)).contains("good").doesNotContain("half");
    }

    @Test
    void aNewTenantOfABrokenReleaseHasADatabaseThatTheNextOneGoesOnWith() {
        deployment.database("analytics").with("V3__bad.sql", "SELECT 1 / 0;");
        start();
        TenantResult failed = deployment.results().data(deployment.events().signUp("acme"));
        assertThat(Results.error(failed).migration()).isEqualTo("V3__bad.sql");
        assertThat(failed.databases().get(0).to()).isEqualTo("2");
        deployment.database("analytics").with("V3__bad.sql", "CREATE TABLE added (id int);");
        deployment.replaceWorkers();

        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(result.databases().get(0).applied()).containsExactly("3");
        assertThat(deployment.query(acme(), TABLES)).containsExactly("account", "added", "invoice");
    }

    @Test
    void scriptsMayNameTheirSchemaAndReachTheTenantsDatabasesAlone() {
        deployment.database("analytics").with("V3__named.sql", """
                CREATE TABLE public.named (id int);
                CREATE SCHEMA reports;
                CREATE VIEW reports.accounts AS SELECT * FROM public.account;
                """);
        start();

        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(deployment.query(acme(), "SELECT count(*) FROM reports.accounts"))
                .containsExactly("0");
        assertThat(deployment.query(TABLES)).as("in the server's own database").isEmpty();
        assertThat(deployment.query("SELECT nspname FROM pg_namespace WHERE nspname = 'reports'"))
                .isEmpty();
    }

    @Test
    void placeholdersAreTheTenantsOwnAndThereIsNoTemplate() {
        deployment
                .database("analytics")
                .with("V3__who.sql", "CREATE TABLE who AS SELECT '${tenant}' AS tenant, '${schema}' AS schema;");
        start();

        deployment.results().data(deployment.events().signUp("acme"));
        deployment.results().data(deployment.events().signUp("beta"));
        TenantResult again = deployment.results().data(deployment.events().migrate("acme", "latest"));

        for (String tenant : List.of("acme", "beta")) {
            assertThat(deployment.query(
                            deployment.locationOf("analytics", tenant), "SELECT tenant || ' in ' || schema FROM who"))
                    .containsExactly(tenant + " in public");
        }
        assertThat(again.outcome()).isEqualTo(Outcome.UP_TO_DATE);
        assertThat(deployment.queryRegistry("SELECT template FROM tenantry.template_use"))
                .isEmpty();
    }

    private void start() {
        deployment.withTopics();
        deployment.startWorker();
    }

    /** Onboards acme at version 2, then deploys a release with version 3. */
    private void release() {
        start();
        deployment.results().data(deployment.events().signUp("acme"));
        deployment.database("analytics").with("V3__added.sql", "CREATE TABLE added (id int);");
        deployment.replaceWorkers();
    }

    private String acme() {
        return deployment.locationOf("analytics", "acme");
    }

    private void comment(String database, String text) {
        deployment.execute("COMMENT ON DATABASE " + database + " IS '" + text + "'");
    }

    private List<String> comment(String database) {
        return deployment.query(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '" + database + "'");
    }

    private List<String> names(String pattern) {
        return deployment.query("SELECT datname FROM pg_database WHERE datname LIKE '" + pattern + "' ORDER BY 1");
    }
}

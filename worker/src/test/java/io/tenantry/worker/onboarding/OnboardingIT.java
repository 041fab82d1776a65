package io.tenantry.worker.onboarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.RegisteredHomes;
import io.tenantry.worker.scenario.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Order(9)
class OnboardingIT {
    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void createsMigratesRegistersAndSaysSo() {
        start();

        String request = deployment.events().publish(new TenantCreated("acme", List.of(), Map.of("plan", "gold")));

        Event<?> event = deployment.results().of(request);
        assertThat(event.type()).isEqualTo(EventType.TENANT_ONBOARDED);
        TenantResult result = (TenantResult) event.data();
        assertThat(result.tenant()).isEqualTo("acme");
        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.error()).isNull();
        assertThat(result.attempts()).isEqualTo(1);
        assertThat(result.databases()).singleElement().satisfies(home -> {
            assertThat(home.location()).isEqualTo("users_acme");
            assertThat(home.server()).isEqualTo("main");
            assertThat(home.from()).isNull();
            assertThat(home.to()).isEqualTo("2");
            assertThat(home.applied()).containsExactly("1", "2");
        });
        assertThat(tablesOf("users_acme")).containsExactly("account", "flyway_schema_history", "invoice");
        assertThat(deployment.query("SELECT version FROM users_acme.flyway_schema_history ORDER BY installed_rank"))
                .containsExactly("1", "2");
        assertThat(deployment.queryRegistry("SELECT location || ' at ' || version FROM tenantry.tenant_home"))
                .containsExactly("users_acme at 2");
        assertThat(RegisteredHomes.of(deployment)).containsExactly("acme users 2 known");
        assertThat(deployment.queryRegistry("SELECT attributes ->> 'plan' FROM tenantry.tenant"))
                .containsExactly("gold");
    }

    @Test
    void appliesMigrationsInJavaToo() {
        deployment
                .database("users")
                .with("V3__item.sql", "CREATE TABLE item (name text); INSERT INTO item VALUES ('made');");
        deployment.with("databases.users.java-migrations", "io.tenantry.worker.engine.V5_1__Rename");
        start();

        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(result.databases().get(0).applied()).containsExactly("1", "2", "3", "5.1");
        assertThat(deployment.query("SELECT name FROM users_acme.item")).containsExactly("made in Java");
    }

    @Test
    void findsNothingToDoForATenantThatIsOnboarded() {
        start();
        deployment.results().data(deployment.events().signUp("acme"));
        deployment.executeInRegistry("UPDATE tenantry.tenant_home SET fingerprint_seen = NULL");

        Event<?> again = deployment.results().of(deployment.events().signUp("acme"));

        assertThat(again.type()).isEqualTo(EventType.TENANT_ONBOARDED);
        assertThat(((TenantResult) again.data()).outcome()).isEqualTo(Outcome.UP_TO_DATE);
        assertThat(((TenantResult) again.data()).databases().get(0).applied()).isEmpty();
        assertThat(RegisteredHomes.of(deployment)).containsExactly("acme users 2 known");
    }

    @Test
    void answersTheSameEventOnce() {
        start();
        TenantCreated acme = new TenantCreated("acme", List.of(), Map.of());
        deployment.events().publish("same", acme);
        deployment.events().publish("same", acme);
        deployment.results().data("same");
        deployment.events().publish("same", acme);

        deployment.results().data(deployment.events().signUp("acme"));

        assertThat(deployment.results().all())
                .extracting(result -> result.request().id())
                .filteredOn("same"::equals)
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "COMMENT ON SCHEMA users_acme IS 'tenantry tenant=acme2 database=users'",
                "COMMENT ON SCHEMA users_acme IS 'ours'"
            })
    void refusesASchemaOfSomebodyElseAndTouchesNothing(String mark) {
        deployment.execute("CREATE SCHEMA users_acme; CREATE TABLE users_acme.theirs (id int); " + mark);
        start();

        Event<?> event = deployment.results().of(deployment.events().signUp("acme"));

        assertThat(event.type()).isEqualTo(EventType.ONBOARDING_FAILED);
        ResultError error = Results.error((TenantResult) event.data());
        assertThat(error.code()).isEqualTo(ErrorCode.LOCATION_TAKEN);
        assertThat(error.message()).contains("users_acme", "tenantry adopt --database users", "rename");
        assertThat(tablesOf("users_acme")).containsExactly("theirs");
        assertThat(deployment.queryRegistry("SELECT tenant FROM tenantry.tenant"))
                .isEmpty();
    }

    @Test
    void adoptsTheSchemaThatAKilledOnboardingLeft() {
        deployment.executeAsWorker(
                "CREATE SCHEMA users_acme; COMMENT ON SCHEMA users_acme IS 'tenantry tenant=acme database=users'");
        start();

        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.databases().get(0).applied()).containsExactly("1", "2");
    }

    @Test
    void goesOnWhereAFailedOnboardingEnded() {
        deployment.database("users").with("V3__broken.sql", "CREATE TABLE extra (id int);\nSELECT no_such_function();");
        deployment.withTopics();
        var first = deployment.startWorker();
        TenantResult failed = deployment.results().data(deployment.events().signUp("acme"));
        assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(tablesOf("users_acme")).containsExactly("account", "flyway_schema_history", "invoice");
        first.stop();

        deployment.database("users").with("V3__broken.sql", "CREATE TABLE extra (id int);");
        deployment.startWorker();
        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.databases()).singleElement().satisfies(home -> {
            assertThat(home.from()).isEqualTo("2");
            assertThat(home.applied()).containsExactly("3");
        });
    }

    @Test
    void makesAHomeInEachDatabaseInTheirOrder() {
        deployment.database("analytics").with("V1__event.sql", "CREATE TABLE event (id bigint);");
        start();

        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(result.databases()).extracting(DatabaseResult::database).containsExactly("users", "analytics");
        assertThat(tablesOf("analytics_acme")).containsExactly("event", "flyway_schema_history");
    }

    @Test
    void makesHomesOnlyInTheDatabasesThatAreNamed() {
        deployment.database("analytics").with("V1__event.sql", "CREATE TABLE event (id bigint);");
        start();

        TenantResult result = deployment
                .results()
                .data(deployment.events().publish(new TenantCreated("acme", List.of("analytics"), Map.of())));

        assertThat(result.databases()).extracting(DatabaseResult::database).containsExactly("analytics");
        assertThat(tablesOf("users_acme")).isEmpty();
    }

    @Test
    void refusesADatabaseThatIsNotConfigured() {
        start();

        TenantResult result = deployment
                .results()
                .data(deployment.events().publish(new TenantCreated("acme", List.of("users", "nowhere"), Map.of())));

        assertThat(Results.error(result).code()).isEqualTo(ErrorCode.UNKNOWN_DATABASE);
        assertThat(Results.error(result).message()).contains("nowhere", "users");
        assertThat(tablesOf("users_acme")).isEmpty();
    }

    @Test
    void keepsTenantsApartThatAreOnboardedAtOnce() {
        deployment
                .database("users")
                .with(
                        "V3__who.sql",
                        "CREATE TABLE who AS SELECT current_schema()::text AS schema; SELECT pg_sleep(0.02);");
        start();
        List<String> tenants =
                IntStream.range(0, 40).mapToObj(i -> "tenant-" + i).toList();
        tenants.forEach(deployment.events()::signUp);

        List<TenantResult> results = deployment.results().await(40);

        assertThat(results).extracting(TenantResult::outcome).containsOnly(Outcome.COMPLETED);
        List<String> seen = new ArrayList<>();
        for (String tenant : tenants) {
            assertThat(tablesOf("users_" + tenant))
                    .containsExactly("account", "flyway_schema_history", "invoice", "who");
            seen.addAll(deployment.query("SELECT schema FROM \"users_" + tenant + "\".who"));
        }
        assertThat(seen)
                .containsExactlyElementsOf(
                        tenants.stream().map("users_"::concat).toList());
        assertThat(tablesOf("public")).isEmpty();
    }

    @Test
    void takesEveryNameThatTheContractAllows() {
        start();
        List<String> tenants = List.of(
                "0", "select", "a--b", "x_y-z", "pg_catalog", "123456789-123456789-123456789-123456789-12345678");
        tenants.forEach(deployment.events()::signUp);

        List<TenantResult> results = deployment.results().await(tenants.size());

        assertThat(results).extracting(TenantResult::outcome).containsOnly(Outcome.COMPLETED);
        assertThat(tenants)
                .allSatisfy(tenant -> assertThat(tablesOf("users_" + tenant))
                        .containsExactly("account", "flyway_schema_history", "invoice"));
    }

    private void start() {
        deployment.withTopics();
        deployment.startWorker();
    }

    private List<String> tablesOf(String schema) {
        return deployment.query("SELECT tablename FROM pg_tables WHERE schemaname = '" + schema + "' ORDER BY 1");
    }
}

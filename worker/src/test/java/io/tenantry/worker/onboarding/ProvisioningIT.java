package io.tenantry.worker.onboarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Results;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What a kill at any point of making a tenant's database leaves, and what the next try makes of it. */
@Order(9)
class ProvisioningIT {
    private static final String MARK = "tenantry tenant=acme database=analytics";
    private static final String TABLES =
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'flyway_schema_history' ORDER BY 1";

    private Deployment deployment;
    private String acme;
    private String temporary;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("analytics").isolation(Isolation.DATABASE).withTwoTables();
        deployment.withTopics();
        deployment.startWorker();
        acme = deployment.locationOf("analytics", "acme");
        temporary = first("SELECT 'tenantry_new_' || left(encode(sha256('" + acme + "'::bytea), 'hex'), 32)");
        // The worker takes requests only when its template is there.
        deployment.results().data(deployment.events().signUp("first"));
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void killedBeforeItWasMarkedItIsMadeAgain() {
        deployment.executeAsWorker("CREATE DATABASE " + temporary);
        deployment.executeAsWorker(temporary, "CREATE TABLE junk (id int)");

        TenantResult result = signUp();

        assertThat(result.databases().get(0).applied()).containsExactly("1", "2");
        assertThatAcmeIsComplete();
    }

    @Test
    void killedBeforeItWasRenamedItIsFinished() {
        deployment.executeAsWorker("CREATE DATABASE " + temporary + " TEMPLATE " + template());
        comment(temporary, MARK + " template=" + template());
        String oid = first("SELECT oid FROM pg_database WHERE datname = '" + temporary + "'");

        TenantResult result = signUp();

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThatAcmeIsComplete();
        assertThat(first("SELECT oid FROM pg_database WHERE datname = '" + acme + "'"))
                .isEqualTo(oid);
    }

    @Test
    void oneThatAnotherReleaseBeganIsMadeAgain() {
        deployment.executeAsWorker("CREATE DATABASE " + temporary);
        deployment.executeAsWorker(temporary, "CREATE TABLE junk (id int)");
        comment(temporary, MARK + " template=tenantry_template_of_another_release");

        signUp();

        assertThatAcmeIsComplete();
    }

    @Test
    void killedBeforeItWasMigratedItIsMigrated() {
        deployment.executeAsWorker("CREATE DATABASE " + acme);
        comment(acme, MARK);

        TenantResult result = signUp();

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.databases().get(0).from()).isNull();
        assertThat(result.databases().get(0).applied()).containsExactly("1", "2");
        assertThatAcmeIsComplete();
    }

    @Test
    void killedBeforeItSaidSoThereIsNothingToDo() {
        deployment.executeAsWorker("CREATE DATABASE " + acme + " TEMPLATE " + template());
        comment(acme, MARK);

        assertThat(signUp().outcome()).isEqualTo(Outcome.UP_TO_DATE);
        assertThatAcmeIsComplete();
    }

    @Test
    void whatSomebodyElseHasUnderTheTemporaryNameIsNotTouched() {
        deployment.executeAsWorker("CREATE DATABASE " + temporary);
        deployment.execute(temporary, "CREATE TABLE theirs (id int)");
        comment(temporary, "tenantry tenant=acme2 database=analytics template=none");

        TenantResult result = signUp();

        assertThat(Results.error(result).code()).isEqualTo(ErrorCode.LOCATION_TAKEN);
        assertThat(Results.error(result).message()).contains(temporary, "acme2");
        assertThat(deployment.query(temporary, TABLES)).containsExactly("theirs");
        assertThat(exists(acme)).isFalse();
    }

    @Test
    void whileSomebodyElseMakesItItWaitsAndSpendsNoAttempt() throws SQLException {
        String request;
        try (Connection other = deployment.connect();
                Statement statement = other.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(('x' || left(encode(sha256('" + acme
                    + "'::bytea), 'hex'), 16))::bit(64)::bigint)");
            request = deployment.events().signUp("acme");
            // Another one comes and goes meanwhile.
            deployment.results().data(deployment.events().signUp("beta"));
            assertThat(exists(acme)).isFalse();
        }

        TenantResult result = deployment.results().data(request);

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.attempts()).isEqualTo(1);
    }

    @Test
    void aTemplateThatSomebodyIsConnectedToIsTriedAgain() throws SQLException {
        deployment.execute("ALTER DATABASE " + template() + " ALLOW_CONNECTIONS true");
        String request;
        try (Connection ignored = deployment.stack().postgres().connect(template())) {
            deployment.execute("ALTER DATABASE " + template() + " ALLOW_CONNECTIONS false");
            request = deployment.events().signUp("acme");
            Set<String> tries = new HashSet<>();
            Await.until(Duration.ofSeconds(60), "the server refuses the copy, after 5 s, and it is tried again", () -> {
                tries.addAll(deployment.query("SELECT query_start FROM pg_stat_activity WHERE query LIKE 'CREATE"
                        + " DATABASE \"" + temporary + "%' AND state = 'active'"));
                return tries.size() > 1;
            });
        }

        TenantResult result = deployment.results().data(request);

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.attempts()).isGreaterThan(1);
        assertThatAcmeIsComplete();
    }

    @Test
    void withoutItsTemplateItIsMigratedFromTheBeginning() {
        String template = template();
        deployment.execute("ALTER DATABASE " + template + " IS_TEMPLATE false");
        deployment.execute("DROP DATABASE " + template);

        TenantResult result = signUp();

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThatAcmeIsComplete();
    }

    private TenantResult signUp() {
        return deployment.results().data(deployment.events().signUp("acme"));
    }

    private void assertThatAcmeIsComplete() {
        assertThat(deployment.query(acme, TABLES)).containsExactly("account", "invoice");
        assertThat(deployment.query(acme, "SELECT version FROM flyway_schema_history ORDER BY installed_rank"))
                .containsExactly("1", "2");
        assertThat(first(
                        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '" + acme + "'"))
                .isEqualTo(MARK);
        assertThat(exists(temporary)).isFalse();
    }

    private String template() {
        return deployment
                .queryRegistry("SELECT template FROM tenantry.template_use")
                .get(0);
    }

    private boolean exists(String database) {
        return !deployment
                .query("SELECT 1 FROM pg_database WHERE datname = '" + database + "'")
                .isEmpty();
    }

    private void comment(String database, String text) {
        deployment.execute("COMMENT ON DATABASE " + database + " IS '" + text + "'");
    }

    private String first(String sql) {
        return deployment.query(sql).get(0);
    }
}

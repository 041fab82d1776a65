package io.tenantry.worker.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Results;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Upgrades beside the tenants' own traffic, and beside each other. */
@Order(9)
class TrafficIT {
    private static final String LOCK_ACME = "LOCK TABLE users_acme.account IN ACCESS SHARE MODE";

    private Deployment deployment;

    @BeforeEach
    void onboard() {
        deployment = Deployment.create().with("worker.lock-timeout", "100ms").with("retry.initial-delay", "50ms");
        deployment.database("users").withTwoTables();
        deployment.withTopics();
        var worker = deployment.startWorker();
        deployment.events().signUp("acme");
        deployment.events().signUp("other");
        deployment.results().await(2);
        worker.stop();
        deployment.database("users").with("V3__add_column.sql", "ALTER TABLE account ADD COLUMN email text;");
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void retriesWhileATenantIsLockedAndLetsOthersGoOn() throws SQLException {
        // One thread, one connection: a retry that held them, or a transaction, would keep the other tenant out.
        deployment.with("worker.concurrency", "1").with("servers.main.max-connections", "1");
        deployment.startWorker();
        try (Connection connection = deployment.connect();
                Statement transaction = connection.createStatement()) {
            connection.setAutoCommit(false);
            transaction.execute(LOCK_ACME);
            String locked = deployment.events().migrate("acme", "latest");
            awaitRetry();
            String free = deployment.events().migrate("other", "latest");

            assertThat(deployment.results().data(free).outcome()).isEqualTo(Outcome.COMPLETED);
            connection.commit();

            TenantResult result = deployment.results().data(locked);
            assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(result.attempts()).isGreaterThan(1);
        }
    }

    @Test
    void givesUpWithLockTimeoutWhenTheAttemptsAreUsedUp() throws SQLException {
        deployment.with("retry.max-attempts", "3");
        deployment.startWorker();
        try (Connection connection = deployment.connect();
                Statement transaction = connection.createStatement()) {
            connection.setAutoCommit(false);
            transaction.execute(LOCK_ACME);

            TenantResult result = deployment.results().data(deployment.events().migrate("acme", "latest"));

            assertThat(Results.error(result).code()).isEqualTo(ErrorCode.LOCK_TIMEOUT);
            assertThat(Results.error(result).sqlState()).isEqualTo("55P03");
            assertThat(result.attempts()).isEqualTo(3);
        }
    }

    @Test
    void waitsForTheHomeLockOfAnotherProcessWithoutSpendingAnAttempt() throws SQLException {
        deployment.with("retry.max-attempts", "1");
        deployment.startWorker();
        try (Connection connection = deployment.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "SELECT pg_advisory_lock(('x' || left(encode(sha256('users_acme'), 'hex'), 16))::bit(64)::bigint)");
            String request = deployment.events().migrate("acme", "latest");
            // Of the same partition or not, it is done; the locked one was at least begun before, or is begun now.
            deployment.results().data(deployment.events().migrate("other", "latest"));
            assertThat(deployment.results().all())
                    .extracting(TenantResult::tenant)
                    .doesNotContain("acme-again");
            assertThat(deployment.query("SELECT version FROM users_acme.flyway_schema_history WHERE version = '3'"))
                    .isEmpty();

            statement.execute("SELECT pg_advisory_unlock_all()");

            TenantResult result = deployment.results().data(request);
            assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(result.attempts()).isEqualTo(1);
        }
    }

    @Test
    void leavesNothingOnAConnectionForTheNextTenant() {
        String guest = "tenantry_guest_" + deployment.tenantDatabase();
        deployment.execute("CREATE ROLE " + guest + "; GRANT " + guest + " TO " + deployment.workerRole());
        deployment
                .database("users")
                .with(
                        "V4__spoil.sql",
                        "CREATE TABLE seen AS SELECT current_setting('search_path') AS path, current_setting('lock_timeout')"
                                + " AS lock, current_setting('work_mem') AS memory, current_user::text AS who,"
                                + " to_regclass('pg_temp.leftover')::text AS temporary;\n"
                                + "CREATE TEMP TABLE leftover (id int);\n"
                                + "SET search_path TO public; SET lock_timeout TO '77s'; SET work_mem TO '77MB';\n"
                                + "SELECT pg_advisory_lock(77);\n"
                                + "SET ROLE " + guest + ";\nRESET ROLE;");
        deployment.with("worker.concurrency", "1").with("servers.main.max-connections", "1");
        deployment.startWorker();
        List<String> requests = List.of(
                deployment.events().migrate("acme", "latest"),
                deployment.events().migrate("other", "latest"));

        assertThat(requests)
                .allSatisfy(request ->
                        assertThat(deployment.results().data(request).outcome()).isEqualTo(Outcome.COMPLETED));

        for (String tenant : List.of("acme", "other")) {
            assertThat(deployment.query(
                            "SELECT path || ' ' || lock || ' ' || memory || ' ' || coalesce(temporary, 'none')"
                                    + " FROM users_" + tenant + ".seen"))
                    .containsExactly("\"users_" + tenant + "\",\"$user\", public 100ms 4MB none");
        }
        assertThat(deployment.query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
                        + " (SELECT oid FROM pg_database WHERE datname = current_database())"))
                .containsExactly("0");
    }

    @Test
    void usesNoMoreConnectionsThanTheServerAllows() throws SQLException {
        deployment.with("servers.main.max-connections", "2").with("worker.concurrency", "8");
        deployment.database("users").with("V4__slow.sql", "SELECT pg_sleep(0.1);");
        deployment.startWorker();
        List<String> tenants = java.util.stream.IntStream.range(0, 12)
                .mapToObj(i -> "tenant" + i)
                .toList();
        tenants.forEach(deployment.events()::signUp);
        int[] most = {0};

        Await.until(Duration.ofSeconds(60), "12 tenants on 2 connections", () -> {
            most[0] = Math.max(
                    most[0],
                    Integer.parseInt(deployment
                            .query("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND"
                                    + " application_name LIKE 'tenantry %'")
                            .get(0)));
            return deployment.results().all().size() >= 14;
        });

        assertThat(most[0]).isEqualTo(2);
    }

    private void awaitRetry() {
        Await.until(
                Duration.ofSeconds(30),
                "a lock timeout of acme",
                () -> !deployment
                        .query(
                                "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'users_acme.account'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
                        .isEmpty());
    }
}

package io.tenantry.worker.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Results;
import io.tenantry.worker.scenario.RunningWorker;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** A request that has to be given up half-way says what it has done, and the registry knows it too. */
class BrokenOffIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private Deployment deployment;

    @BeforeEach
    void onboard() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        deployment.with("worker.lock-timeout", "100ms").with("retry.initial-delay", "10ms");
        deployment.withTopics();
        RunningWorker first = deployment.startWorker();
        deployment.results().data(deployment.events().signUp("acme"));
        first.stop();
        deployment.database("users").with("V3__new.sql", "CREATE TABLE new_table (id int);");
        deployment.database("users").with("V4__column.sql", "ALTER TABLE account ADD COLUMN phone text;");
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void attemptsThatRanOut() throws SQLException {
        deployment.with("retry.max-attempts", "3").startWorker();
        TenantResult result;
        try (Connection reader = readAccounts()) {
            result = deployment.results().data(deployment.events().migrate("acme", "latest"));
            reader.rollback();
        }

        assertThat(Results.error(result).code()).isEqualTo(ErrorCode.LOCK_TIMEOUT);
        assertThat(result.attempts()).isEqualTo(3);
        assertHalfDone(result);
        assertThat(deployment.queryRegistry("SELECT version FROM tenantry.tenant_home WHERE observed_at IS NOT NULL"))
                .containsExactly("3");
    }

    @Test
    void aServerThatStaysAway() throws SQLException {
        deployment
                .with("retry.give-up-after", "1s")
                .with("retry.max-attempts", "1000")
                .startWorker();
        try (Connection reader = readAccounts()) {
            String request = deployment.events().migrate("acme", "latest");
            String first = awaitTurnAtTheLock("");
            awaitTurnAtTheLock(first);
            assertThat(reader.isValid(1)).isTrue();

            shutOutAllBut(reader);

            TenantResult result = deployment.results().data(request);
            assertThat(Results.error(result).code()).isEqualTo(ErrorCode.SERVER_UNAVAILABLE);
            assertThat(Results.error(result).message())
                    .contains("work had begun")
                    .doesNotContain("nothing was done");
            assertHalfDone(result);
        }
    }

    /** When the statement began that waits for the lock, once it is another one than that. */
    private String awaitTurnAtTheLock(String other) {
        List<String> begin = new ArrayList<>();
        Await.until(DEADLINE, "a statement waits for the lock", () -> {
            deployment
                    .query("SELECT query_start FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE NOT granted AND"
                            + " relation = 'users_acme.account'::regclass AND datname = current_database()")
                    .forEach(begin::add);
            begin.remove(other);
            return !begin.isEmpty();
        });
        return begin.get(0);
    }

    /**
     * The server of the tenants takes nobody any more. The holder of the lock stays, or the statement behind it would be
     * through before its own connection is ended.
     */
    private void shutOutAllBut(Connection holder) throws SQLException {
        String tenants = deployment.tenantDatabase();
        int stays = holder.unwrap(PGConnection.class).getBackendPID();
        deployment.executeInRegistry("ALTER DATABASE " + tenants + " ALLOW_CONNECTIONS false");
        Await.until(
                DEADLINE,
                "nobody else is connected",
                () -> deployment
                        .queryRegistry("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                                + tenants + "' AND pid <> " + stays)
                        .isEmpty());
    }

    /** Holds a lock that lets nobody alter the table. */
    private Connection readAccounts() throws SQLException {
        Connection reader = deployment.connect();
        reader.setAutoCommit(false);
        try (Statement statement = reader.createStatement()) {
            statement.execute("SELECT FROM users_acme.account");
        }
        return reader;
    }

    private static void assertHalfDone(TenantResult result) {
        assertThat(result.databases()).singleElement().satisfies(home -> {
            assertThat(home.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(home.from()).isEqualTo("2");
            assertThat(home.to()).isEqualTo("3");
            assertThat(home.applied()).containsExactly("3");
        });
    }
}

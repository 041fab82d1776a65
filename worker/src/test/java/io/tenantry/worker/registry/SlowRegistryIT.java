package io.tenantry.worker.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.ConnectionPool;
import io.tenantry.worker.scenario.Deployment;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody waits for the registry without a bound. */
@Timeout(60)
class SlowRegistryIT {
    private static final Duration SHORT = Duration.ofMillis(300);

    private Deployment deployment;
    private Connection other;

    @BeforeEach
    void connect() throws SQLException {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        other = deployment.stack().postgres().connect(deployment.controlDatabase());
    }

    @AfterEach
    void cleanUp() throws Exception {
        other.close();
        deployment.close();
    }

    @Test
    void anAnswerThatDoesNotComeIsARegistryThatIsAway() throws SQLException {
        try (Registry registry = new Registry(settings(), "test", SHORT)) {
            registry.migrate();
            RequestRef request = new RequestRef("42", "/signup", "type", "tenant.created", 0, 5);
            execute("BEGIN; LOCK TABLE tenantry.request");

            SQLException failure = catchThrowableOfType(
                    SQLException.class, () -> registry.lookUp(List.of(new LookUp(request, "acme", null))));

            assertThat(SqlFailure.of(failure)).isEqualTo(SqlFailure.SERVER_AWAY);
            execute("ROLLBACK");
            assertThat(registry.lookUp(List.of(new LookUp(request, "acme", null))))
                    .hasSize(1);
        }
    }

    @Test
    void aProcessThatHangsWhileItMakesTheTablesIsNamed() throws SQLException {
        String pid = pid();
        execute("SELECT pg_advisory_lock(" + 0x74656e616e747279L + ")");
        ConnectionPool pool = new ConnectionPool(
                new ConnectionPool.Target(
                        "registry",
                        settings().url(),
                        settings().user(),
                        settings().password(),
                        "test"),
                1);
        try (pool) {
            SQLException failure = catchThrowableOfType(SQLException.class, () -> RegistrySchema.migrate(pool, SHORT));

            assertThat((Throwable) failure)
                    .hasMessageContaining("by another process, sessions " + pid + ", for longer than 0 s; start");
            assertThat(SqlFailure.of(failure)).isEqualTo(SqlFailure.TRANSIENT);
        }
    }

    private RegistrySettings settings() {
        return deployment.settings().registry();
    }

    private String pid() throws SQLException {
        try (Statement statement = other.createStatement();
                var row = statement.executeQuery("SELECT pg_backend_pid()")) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = other.createStatement()) {
            statement.execute(sql);
        }
    }
}

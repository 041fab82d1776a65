package io.tenantry.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.scenario.Deployment;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** PostgreSQL accepts each statement of the runbooks: its tables, columns and functions exist, and an operator has the rights. */
class RunbookSqlIT {
    private static final Pattern BLOCK = Pattern.compile("```sql\\n(.*?);\\s*```", Pattern.DOTALL);

    @Test
    void theOperatorMayRunTheStatements() throws Exception {
        List<String> statements = OpsFiles.runbooks().values().stream()
                .flatMap(RunbookSqlIT::blocks)
                .toList();
        assertThat(statements).hasSizeGreaterThan(10);
        String role = blocks(Files.readString(OpsFiles.OPS.resolve("runbooks/README.md")))
                .findFirst()
                .orElseThrow();
        try (Deployment deployment = Deployment.create()) {
            deployment.database("users").withTwoTables();
            try (Registry registry = new Registry(deployment.settings().registry(), "test")) {
                registry.migrate();
            }
            deployment.executeInRegistry(role);
            try {
                // For the session, which the following queries share.
                assertThat(deployment.queryRegistry("SELECT set_config('role', 'operator', false)"))
                        .containsExactly("operator");

                for (String statement : statements) {
                    assertThat(deployment.queryRegistry("EXPLAIN " + statement))
                            .as(statement)
                            .isNotEmpty();
                }
                assertThat(deployment.queryRegistry("SELECT current_user::text"))
                        .containsExactly("operator");
                assertThat(deployment.queryRegistry("SELECT pg_has_role('pg_signal_backend', 'usage')::text"))
                        .containsExactly("true");
            } finally {
                deployment.executeInRegistry("DROP OWNED BY operator; DROP ROLE operator");
            }
        }
    }

    @Test
    void theLocksOfWorkersAreNotOfferedForTermination() throws Exception {
        String locks = blocks(OpsFiles.runbooks().getOrDefault("TenantryRequestOpenTooLong", ""))
                .filter(statement -> statement.contains("'advisory'"))
                .findFirst()
                .orElseThrow();
        try (Deployment deployment = Deployment.create();
                Connection worker = deployment.connect();
                Connection other = deployment.connect()) {
            String ofWorker = lockedBy(worker, "tenantry 1f3a");
            String ofOther = lockedBy(other, "psql");

            assertThat(deployment.query(locks)).contains(ofOther).doesNotContain(ofWorker);
        }
    }

    /** The process of the session, which has this name and an advisory lock of its own. */
    private static String lockedBy(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET application_name = '" + name + "'");
            ResultSet row = statement.executeQuery("SELECT pg_backend_pid(), pg_advisory_lock(pg_backend_pid())");
            row.next();
            return row.getString(1);
        }
    }

    private static Stream<String> blocks(String text) {
        return BLOCK.matcher(text).results().map(block -> block.group(1));
    }
}

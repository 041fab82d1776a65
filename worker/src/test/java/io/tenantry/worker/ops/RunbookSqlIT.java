package io.tenantry.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.scenario.Deployment;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** PostgreSQL accepts each statement of the runbooks: its tables, columns and functions exist. */
class RunbookSqlIT {
    private static final Pattern BLOCK = Pattern.compile("```sql\\n(.*?);\\s*```", Pattern.DOTALL);

    @Test
    void theStatementsFitTheRegistry() throws Exception {
        List<String> statements = OpsFiles.runbooks().values().stream()
                .flatMap(text -> BLOCK.matcher(text).results())
                .map(block -> block.group(1))
                .toList();
        assertThat(statements).hasSizeGreaterThan(10);
        try (Deployment deployment = Deployment.create()) {
            deployment.database("users").withTwoTables();
            try (Registry registry = new Registry(deployment.settings().registry(), "test")) {
                registry.migrate();
            }

            for (String statement : statements) {
                assertThat(deployment.queryRegistry("EXPLAIN " + statement))
                        .as(statement)
                        .isNotEmpty();
            }
        }
    }
}

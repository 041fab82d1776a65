package io.tenantry.worker.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.scenario.Deployment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker does not start on migrations that it cannot run for anybody. */
class StartupMigrationsIT {
    private Deployment deployment;

    @TempDir
    private Path folder;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void aFolderThatDoesNotExist() {
        deployment.database("users");
        deployment.with("databases.users.migrations", "filesystem:" + folder.resolve("nowhere"));

        assertThat(Refusal.of(deployment.withTopics()))
                .containsExactly("databases.users.migrations: there is no folder " + folder.resolve("nowhere")
                        + "; create it, or name the folder with the migrations of this database");
    }

    @Test
    void aFolderWithNothingInIt() {
        deployment.database("users");
        deployment.with("databases.users.migrations", "filesystem:" + folder);

        assertThat(Refusal.of(deployment.withTopics()))
                .containsExactly("databases.users.migrations: " + folder
                        + " holds no migration; they are named like V1__what_it_does.sql");
    }

    @Test
    void aVersionThatOccursTwiceAFileThatIsBadlyNamedAndScriptsThatAreAllowedAndNotThere() {
        deployment.database("users").with("V1__one.sql", "SELECT 1;").with("V01__another.sql", "SELECT 2;");
        deployment.database("billing").with("V1__one.sql", "SELECT 1;").with("V2_two.sql", "SELECT 2;");
        deployment.database("orders").with("V1__one.sql", "SELECT 1;");
        deployment.with("databases.orders.allow", "V1__one.sql, V01__one.sql, V1_one.sql");

        List<String> faults = Refusal.of(deployment.withTopics());

        assertThat(faults)
                .satisfiesExactly(
                        fault -> assertThat(fault)
                                .startsWith("databases.users.migrations: ")
                                .contains("more than one migration with version", "V1__one.sql", "V01__another.sql")
                                .contains("; correct the files in "),
                        fault -> assertThat(fault)
                                .startsWith("databases.billing.migrations: ")
                                .contains("V2_two.sql")
                                .contains("; correct the files in "),
                        fault -> assertThat(fault)
                                .startsWith("databases.orders.allow = V01__one.sql, V1_one.sql: no migration of ")
                                .contains("give names as they stand in the column script of flyway_schema_history"));
    }
}

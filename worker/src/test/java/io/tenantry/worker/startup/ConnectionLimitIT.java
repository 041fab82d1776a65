package io.tenantry.worker.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.PasswordLogin;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A start says where PostgreSQL allows less than the configuration, and how it can hold the cap itself. */
class ConnectionLimitIT {
    private final String role = "r" + UUID.randomUUID().toString().substring(0, 8);
    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        PasswordLogin.create(deployment.stack().postgres(), role, "Right-7f3a");
        deployment.execute("GRANT CONNECT, CREATE ON DATABASE " + deployment.tenantDatabase() + " TO " + role);
        deployment
                .with("servers.main.user", role)
                .with("servers.main.password", "Right-7f3a")
                .with("servers.main.max-connections", "12")
                .withTopics();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void advisesALimitForARoleThatHasNone() {
        AppProcess worker = deployment.startWorkerProcess();

        assertThat(worker.output())
                .anyMatch(line -> line.contains("server main: PostgreSQL itself can hold the cap: ALTER ROLE \"" + role
                        + "\" CONNECTION LIMIT 13 "))
                .noneMatch(line -> line.contains("fewer than servers.main.max-connections"));
    }

    @Test
    void warnsOfARoleAndOfADatabaseWithASmallerOne() {
        deployment.execute("ALTER ROLE " + role + " CONNECTION LIMIT 5");
        deployment.execute("ALTER DATABASE " + deployment.tenantDatabase() + " CONNECTION LIMIT 7");

        AppProcess worker = deployment.startWorkerProcess();

        assertThat(worker.output())
                .anyMatch(
                        line -> line.contains(
                                "server main: the role " + role
                                        + ", with CONNECTION LIMIT, allows 5 connections, fewer than servers.main.max-connections = 12: "))
                .anyMatch(
                        line -> line.contains(
                                "server main: the database " + deployment.tenantDatabase()
                                        + ", with CONNECTION LIMIT, allows 7 connections, fewer than servers.main.max-connections = 12"))
                .noneMatch(line -> line.contains("ALTER ROLE"));
    }

    @Test
    void warnsOfAServerWithFewerConnections() {
        deployment.with("servers.main.max-connections", "1000");

        AppProcess worker = deployment.startWorkerProcess();

        assertThat(worker.output())
                .anyMatch(line ->
                        line.contains("server main: the server, with max_connections less what is reserved, allows ")
                                && line.contains(", fewer than servers.main.max-connections = 1000: "));
    }
}

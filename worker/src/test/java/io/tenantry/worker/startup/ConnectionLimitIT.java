package io.tenantry.worker.startup;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.PasswordLogin;
import io.tenantry.worker.stack.CapturedLog;
import java.util.List;
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
        assertThat(linesOfAStart())
                .anyMatch(line -> line.contains("server main: PostgreSQL itself can hold the cap: ALTER ROLE \"" + role
                        + "\" CONNECTION LIMIT 13 "))
                .noneMatch(line -> line.contains("fewer than servers.main.max-connections = 12 "));
    }

    @Test
    void warnsOfARoleAndOfADatabaseWithASmallerOne() {
        deployment.execute("ALTER ROLE " + role + " CONNECTION LIMIT 5");
        deployment.execute("ALTER DATABASE " + deployment.tenantDatabase() + " CONNECTION LIMIT 12");

        assertThat(linesOfAStart())
                .anyMatch(
                        line -> line.contains(
                                "server main: the role " + role
                                        + ", with CONNECTION LIMIT, allows 5 connections, fewer than servers.main.max-connections = 12 and one to end sessions of dead workers: "))
                .anyMatch(
                        line -> line.contains(
                                "server main: the database " + deployment.tenantDatabase()
                                        + ", with CONNECTION LIMIT, allows 12 connections, fewer than servers.main.max-connections = 12 "))
                .noneMatch(line -> line.contains("ALTER ROLE \"" + role));
    }

    @Test
    void warnsOfAServerWithFewerConnections() {
        deployment.with("servers.main.max-connections", "1000");

        assertThat(linesOfAStart())
                .anyMatch(line ->
                        line.contains("server main: the server, with max_connections less what is reserved, allows ")
                                && line.contains(", fewer than servers.main.max-connections = 1000 "));
    }

    /** Those of other tests' workers may be among them. */
    private List<String> linesOfAStart() {
        try (CapturedLog log = new CapturedLog(ServerCheck.class, Level.INFO)) {
            deployment.startWorker();
            deployment.results().data(deployment.events().signUp("acme"));
            return log.events().stream().map(ILoggingEvent::getFormattedMessage).toList();
        }
    }
}

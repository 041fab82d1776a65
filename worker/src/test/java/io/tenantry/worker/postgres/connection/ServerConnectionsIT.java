package io.tenantry.worker.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.config.Secret;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.Certificate;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.PostgresServer;
import io.tenantry.worker.stack.Tls;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The gate counts a worker's connections as the server does. */
class ServerConnectionsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Not template1: as long as somebody is connected to it, the tests beside this one cannot create databases. */
    private static final String DATABASE = "gate_" + UUID.randomUUID();

    private final PostgresServer postgres = DevStack.shared().postgres();
    private final String applicationName = "gate " + UUID.randomUUID();
    private final List<Server> servers = new ArrayList<>();

    @BeforeAll
    static void createDatabase() throws SQLException {
        DevStack.shared().postgres().createDatabase(DATABASE);
    }

    @AfterEach
    void close() {
        servers.forEach(Server::close);
    }

    @Test
    void aSlotIsFreeOnlyWhenTheSessionIsGone() throws Exception {
        Server server = server(2, "");
        try (Connection watching = postgres.connect("postgres")) {
            assertEndsAreAwaited(server, watching, 200);
        }
    }

    /** Sooner than the slot of a silent one is given to somebody else. */
    @Test
    void theServerGivesUpAClientThatTakesNoAnswer() throws Exception {
        Server server = server(1, "");
        try (Connection connection = server.connect("postgres")) {
            assertThat(one(connection, "SHOW tcp_user_timeout")).isEqualTo("25000");
        }
    }

    /** The other way of ending a connection: TLS says goodbye too. */
    @Test
    void aSlotIsFreeOnlyWhenTheSessionIsGoneWithTlsToo() throws Exception {
        try (PostgresServer own = PostgresServer.start(Map.of());
                Connection watching = own.connect("postgres")) {
            Tls.turnOn(own, Certificate.create());
            Server server = newServer(own.jdbcUrl("postgres") + "?sslmode=require", 2, Lease.endless(applicationName));
            try (Connection connection = server.connect("postgres")) {
                assertThat(one(connection, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                        .isEqualTo("t");
            }
            assertEndsAreAwaited(server, watching, 40);
        }
    }

    /** The driver connects on a thread of its own then. */
    @Test
    void countsConnectionsWithALoginTimeoutToo() throws Exception {
        Server server = server(2, "?loginTimeout=10");
        try (Connection connection = server.connect("postgres")) {
            assertThat(connection.isValid(5)).isTrue();
            assertThat(server.connections()).isEqualTo(1);
        }
        assertThat(server.awaitNone(PATIENCE)).isTrue();
    }

    private void assertEndsAreAwaited(Server server, Connection watching, int rounds) throws Exception {
        for (int i = 0; i < rounds; i++) {
            try (Connection connection = server.connect("postgres")) {
                assertThat(connection.isValid(5)).isTrue();
                assertThat(sessions(watching)).isEqualTo(1);
            }
            assertThat(server.awaitNone(PATIENCE)).isTrue();
            assertThat(sessions(watching)).as("round %d", i).isZero();
        }
    }

    @Test
    void closesAnIdleConnectionOfThePoolForOneOutsideIt() throws Exception {
        Server server = server(2, "");
        server.dataSource().getConnection().close();
        try (Connection pooled = server.dataSource().getConnection();
                Connection other = server.connect("postgres");
                Connection watching = postgres.connect("postgres")) {
            assertThat(server.connections()).isEqualTo(2);
            assertThat(sessions(watching)).isEqualTo(2);
            assertThat(one(other, "SELECT current_database()")).isEqualTo("postgres");
            assertThat(one(pooled, "SELECT current_database()")).isEqualTo(DATABASE);
        }
        assertThat(server.connections()).isLessThanOrEqualTo(2);

        try (Connection one = server.connect("postgres");
                Connection another = server.connect("postgres");
                Connection watching = postgres.connect("postgres")) {
            assertThat(one(one, "SELECT 1")).isEqualTo("1");
            assertThat(one(another, "SELECT 1")).isEqualTo("1");
            assertThat(sessions(watching)).isEqualTo(2);
        }
    }

    @Test
    void refusesOneMoreThanItsShareAndTheServerNeverSeesIt() throws Exception {
        Server server = server(1, "");
        try (Connection only = server.connect("postgres");
                Connection watching = postgres.connect("postgres")) {
            assertThat(one(only, "SELECT 1")).isEqualTo("1");
            assertThatThrownBy(() -> server.connect("postgres"))
                    .hasRootCauseMessage(
                            "none of this worker's 1 connections to server main came free in 5 s: 1 are open"
                                    + " or on their way out");
            assertThat(sessions(watching)).isEqualTo(1);
        }
    }

    @Test
    void oneThatIsAbortedInTheMiddleOfAStatementKeepsItsSlotUntilTheServerHasEndedIt() throws Exception {
        Server server = server(1, "");
        Connection connection = server.connect("postgres");
        CompletableFuture<Void> statement = CompletableFuture.runAsync(() -> {
            try {
                one(connection, "SELECT pg_sleep(600)");
            } catch (SQLException aborted) {
                throw new IllegalStateException(aborted);
            }
        });
        try (Connection watching = postgres.connect("postgres")) {
            Await.until(PATIENCE, "the statement runs", () -> sleeping(watching) == 1);

            connection.abort(Runnable::run);

            assertThat(sleeping(watching)).isEqualTo(1);
            assertThat(server.connections()).isEqualTo(1);
            // It looks for its client every 5 s.
            assertThat(server.awaitNone(PATIENCE)).isTrue();
            assertThat(sessions(watching)).isZero();
            assertThatThrownBy(() -> statement.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class);
        }
    }

    @Test
    void aConnectionThatIsNotMadeLeavesNoSlotTaken() throws Exception {
        Server wrong = server(1, "?sslmode=verify-full&sslrootcert=/nowhere");
        Server away = newServer("jdbc:postgresql://127.0.0.1:1/postgres", 1, Lease.endless(applicationName));

        assertThatThrownBy(() -> wrong.connect("postgres")).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> away.connect("postgres")).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> server(1, "").connect("no such database")).isInstanceOf(SQLException.class);

        for (Server server : servers) {
            assertThat(server.awaitNone(PATIENCE)).isTrue();
        }
    }

    @Test
    void connectsOnlyWhileTheLeaseHolds() throws Exception {
        Lease lease = new Lease(applicationName);
        Server server = newServer(postgres.jdbcUrl("postgres"), 2, lease);
        server.share(2);
        assertThatThrownBy(() -> server.connect("postgres"))
                .hasMessageContaining("this worker's lease of connections to server main has expired")
                .matches(failure -> SqlFailure.of(failure) == SqlFailure.SERVER_AWAY);

        lease.renew(System.nanoTime() + PATIENCE.toNanos());
        server.connect("postgres").close();
        assertThat(server.awaitNone(PATIENCE)).isTrue();
    }

    @Test
    void aSmallerShareClosesWhatIsIdleAndKeepsWhatIsInUse() throws Exception {
        Server server = server(3, "");
        Connection first = server.dataSource().getConnection();
        Connection second = server.dataSource().getConnection();
        Connection third = server.dataSource().getConnection();
        second.close();
        third.close();
        assertThat(server.connections()).isEqualTo(3);

        server.share(1);
        Await.until(PATIENCE, "the idle ones are closed", () -> server.connections() == 1);
        assertThat(one(first, "SELECT 1")).isEqualTo("1");
        first.close();
        server.share(0);
        Await.until(PATIENCE, "all are closed", () -> server.connections() == 0);
    }

    private Server server(int cap, String parameters) {
        return newServer(postgres.jdbcUrl(DATABASE) + parameters, cap, Lease.endless(applicationName));
    }

    private Server newServer(String url, int cap, Lease lease) {
        Server server = new Server(
                new ServerSettings("main", url, postgres.user(), new Secret(postgres.password()), cap),
                new SessionTimeouts(Duration.ofSeconds(2), Duration.ZERO),
                lease);
        servers.add(server);
        return server;
    }

    private int sessions(Connection watching) throws SQLException {
        return count(watching, "SELECT count(*) FROM pg_stat_activity WHERE application_name = ?");
    }

    private int sleeping(Connection watching) throws SQLException {
        return count(
                watching,
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = ? AND wait_event = 'PgSleep'");
    }

    private int count(Connection watching, String sql) throws SQLException {
        try (PreparedStatement query = watching.prepareStatement(sql)) {
            query.setString(1, applicationName);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}

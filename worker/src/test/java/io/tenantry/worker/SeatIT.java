package io.tenantry.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.lease.LeaseTerms;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A worker that loses its connections while it starts does not begin without them. */
class SeatIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final LeaseTerms QUICK = new LeaseTerms(Duration.ofSeconds(2), Duration.ofMillis(200));

    private final Deployment deployment = Deployment.create().with("servers.main.max-connections", "1");
    private final Lines lines = new Lines();
    private Connection held;
    private Worker worker;
    private final CompletableFuture<List<String>> end = new CompletableFuture<>();

    @BeforeEach
    void migrateRegistry() throws SQLException {
        deployment.database("users").withTwoTables();
        deployment.withTopics();
        try (Registry registry = new Registry(deployment.settings().registry(), "test")) {
            registry.migrate();
        }
        held = deployment.stack().postgres().connect(deployment.controlDatabase());
        worker = new Worker(
                deployment.settings(),
                error -> {
                    throw error;
                },
                bound -> 1,
                QUICK);
        lines.listen();
    }

    @AfterEach
    void cleanUp() throws Exception {
        lines.stopListening();
        held.close();
        worker.close();
        assertThat(end.get(60, TimeUnit.SECONDS)).isEmpty();
        deployment.close();
    }

    @Test
    void oneThatFindsNoSeatBeforeItJoinsTheGroupJoinsWhenItHasOne() throws SQLException {
        lock("tenantry.template_use");
        start();
        Await.until(PATIENCE, "it has a connection, and looks after templates", () -> isWaitedFor("template_use"));

        anotherOneTakesTheSeat();
        Await.until(PATIENCE, "it says that it lost its seat", () -> {
            theOtherOneLives();
            return lines.contain("worker " + worker.id() + " leaves group");
        });
        held.rollback();
        Await.until(PATIENCE, "it waits again", () -> {
            theOtherOneLives();
            return lines.contain("worker " + worker.id() + " has ended");
        });
        deployment.executeInRegistry("DELETE FROM tenantry.worker WHERE application_name = 'other'");

        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));
        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void oneThatLosesItsConnectionsWhileItChecksItsMigrationsChecksThemAgain() {
        deployment.execute("CREATE TABLE public.go (now integer); GRANT SELECT ON public.go TO PUBLIC");
        deployment.database("users").with("V3__held.sql", """
                DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM public.go) LOOP PERFORM pg_sleep(0.05); END LOOP; END $$;
                CREATE TABLE late (id integer);
                """);
        start();
        Await.until(PATIENCE, "it tries the script", () -> !sessionsThatTryIt().isEmpty());

        anotherOneTakesTheSeat();
        Await.until(PATIENCE, "it knows that it is taken for dead", () -> {
            theOtherOneLives();
            return lines.contain("the lease of this worker (tenantry " + worker.id() + ") ran out");
        });
        Await.until(PATIENCE, "its sessions are ended, as others end a dead one's", () -> {
            theOtherOneLives();
            sessionsThatTryIt().forEach(pid -> deployment.query("SELECT pg_terminate_backend(" + pid + ")"));
            return sessionsThatTryIt().isEmpty();
        });
        deployment.execute("INSERT INTO public.go VALUES (1)");
        Await.until(PATIENCE, "it says that it lost its connections", () -> {
            theOtherOneLives();
            return lines.contain("worker " + worker.id() + " lost its connections while it checked");
        });
        deployment.executeInRegistry("DELETE FROM tenantry.worker WHERE application_name = 'other'");

        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));
        assertThat(result.databases().get(0).to()).isEqualTo("3");
    }

    private List<String> sessionsThatTryIt() {
        return deployment.query("SELECT pid FROM pg_stat_activity WHERE application_name = 'tenantry " + worker.id()
                + "' AND datname = '" + deployment.tenantDatabase()
                + "' AND state = 'active' AND query LIKE '%public.go%'");
    }

    private void start() {
        Thread thread = new Thread(() -> end.complete(worker.run()), "worker");
        thread.setDaemon(true);
        thread.start();
    }

    private void lock(String table) throws SQLException {
        held.setAutoCommit(false);
        try (Statement statement = held.createStatement()) {
            statement.execute("LOCK TABLE " + table);
        }
    }

    private boolean isWaitedFor(String table) {
        return !deployment
                .queryRegistry("SELECT pid FROM pg_locks JOIN pg_class ON pg_class.oid = relation WHERE relname = '"
                        + table + "' AND NOT granted")
                .isEmpty();
    }

    private void anotherOneTakesTheSeat() {
        String group = deployment.settings().kafka().groupId();
        deployment.executeInRegistry("BEGIN; INSERT INTO tenantry.worker (group_id, application_name, expires_at)"
                + " VALUES ('" + group + "', 'other', now()); INSERT INTO tenantry.connection_lease (group_id,"
                + " application_name, server, cap, connections) VALUES ('" + group + "', 'other', 'main', 1, 1); UPDATE"
                + " tenantry.worker SET fenced = true WHERE application_name <> 'other'; COMMIT");
    }

    private void theOtherOneLives() {
        deployment.executeInRegistry(
                "UPDATE tenantry.worker SET renewals = renewals + 1 WHERE application_name = 'other'");
    }

    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final Logger logger = (Logger) LoggerFactory.getLogger(Worker.class.getPackageName());
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        void listen() {
            start();
            logger.addAppender(this);
        }

        void stopListening() {
            logger.detachAppender(this);
        }

        boolean contain(String text) {
            return lines.stream().anyMatch(line -> line.contains(text));
        }

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }
    }
}

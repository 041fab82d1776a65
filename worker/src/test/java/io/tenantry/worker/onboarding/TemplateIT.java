package io.tenantry.worker.onboarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.housekeeping.TemplateKeeper;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.RegisteredHomes;
import io.tenantry.worker.scenario.RunningWorker;
import io.tenantry.worker.stack.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The databases that the databases of new tenants are copies of. */
@Order(9)
class TemplateIT {
    private static final int AT_ONCE = 4;

    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create().with("worker.unknown-tenant-grace", "0s");
        deployment.database("analytics").isolation(Isolation.DATABASE).withTwoTables();
        deployment.withTopics();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void isThereBeforeTheFirstSignupAndLetsNobodyIn() {
        start();

        String template = onlyKnown();
        assertThat(template).matches("tenantry_template_[0-9a-f]{24}");
        assertThat(databases(template)).containsExactly(template);
        assertThat(deployment.query("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '"
                        + template + "' AND datistemplate AND NOT datallowconn"))
                .containsExactly("tenantry template");
        assertThatThrownBy(() -> deployment.stack().postgres().connect(template))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refusal -> assertThat(refusal.getSQLState()).isEqualTo("55000"));
    }

    @Test
    void tenantsAreCopiesOfIt() {
        start();
        Instant before = Instant.now();

        deployment.results().data(deployment.events().signUp("acme"));
        deployment.results().data(deployment.events().signUp("beta"));

        List<String> installed = installedOn("acme");
        assertThat(installed).hasSize(2).isEqualTo(installedOn("beta"));
        assertThat(installed).allSatisfy(time -> assertThat(Instant.parse(time)).isBefore(before));
        assertThat(RegisteredHomes.of(deployment)).containsExactly("acme analytics 2 known", "beta analytics 2 known");
    }

    @RepeatedTest(3)
    void isMadeByManyAtOnceAndOneOfThemIsKept() throws Exception {
        Settings settings = deployment.settings();
        CyclicBarrier start = new CyclicBarrier(AT_ONCE);
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        String name = "";
        try {
            List<Future<String>> makers = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                makers.add(threads.submit(() -> {
                    try (Server server = server(settings)) {
                        TemplateDatabase template = template(settings, server);
                        start.await(30, TimeUnit.SECONDS);
                        template.make();
                        return template.name();
                    }
                }));
            }
            for (Future<String> maker : makers) {
                name = maker.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(databases(name)).containsExactly(name);
    }

    @Test
    void ofAReleaseThatNoWorkerRunsAnyMoreIsRemoved() {
        RunningWorker old = start();
        String template = onlyKnown();
        old.stop();
        deployment.database("analytics").with("V3__added.sql", "CREATE TABLE added (id int);");

        RunningWorker next = start();
        assertThat(databases(template)).as("it was used a moment ago").hasSize(1);
        next.stop();
        longAgo("template = '" + template + "'");
        start();

        assertThat(databases(template)).isEmpty();
        assertThat(databases(onlyKnown())).hasSize(1);
    }

    @Test
    void ofAReleaseThatIsStillRunIsKept() {
        start();
        String template = onlyKnown();
        deployment.executeInRegistry("INSERT INTO tenantry.template_use (server, template, worker, seen_at) VALUES"
                + " ('main', '" + template + "', 'a dead one', now() - interval '1 day')");
        deployment.database("analytics").with("V3__added.sql", "CREATE TABLE added (id int);");

        start();

        // It is forgotten when the new worker has looked after all of them.
        Await.until(
                Duration.ofSeconds(60),
                "the dead worker is forgotten",
                () -> deployment
                        .queryRegistry("SELECT worker FROM tenantry.template_use WHERE worker = 'a dead one'")
                        .isEmpty());
        assertThat(databases(template)).containsExactly(template);
        assertThat(known()).hasSize(2).contains(template);
    }

    @Test
    void whatADeadWorkerLeftUnfinishedIsRemoved() {
        start().stop();
        String template = onlyKnown();
        String old = template + "_6500a000_0001";
        String young = template + "_" + Long.toHexString(Instant.now().getEpochSecond()) + "_0002";
        String theirs = template + "_theirs";
        List.of(old, young, theirs).forEach(name -> deployment.executeAsWorker("CREATE DATABASE " + name));

        start();

        assertThat(databases(template)).containsExactlyInAnyOrder(template, young, theirs);
        List.of(young, theirs).forEach(name -> deployment.execute("DROP DATABASE " + name));
    }

    @Test
    void oneThatSomebodyBeganToRemoveIsMadeAgain() {
        start().stop();
        deployment.execute("ALTER DATABASE " + onlyKnown() + " IS_TEMPLATE false");

        start();

        assertThat(deployment.query("SELECT datistemplate FROM pg_database WHERE datname = '" + onlyKnown() + "'"))
                .containsExactly("t");
    }

    @Test
    void settingsOfTheDatabaseItselfWhichNoCopyHasAreSetInEachTenants() {
        deployment
                .database("analytics")
                .with(
                        "V3__settings.sql",
                        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''7MB''',"
                                + " (SELECT datname FROM pg_database WHERE oid = (SELECT oid FROM pg_database WHERE"
                                + " datname = (SELECT datname FROM pg_stat_activity WHERE pid = pg_backend_pid()))));"
                                + " END $$;");
        start();

        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(databases(onlyKnown())).isEmpty();
        assertThat(deployment.query(deployment.locationOf("analytics", "acme"), "SHOW work_mem"))
                .containsExactly("7MB");
    }

    @Test
    void rowsThatAreMadeAtRandomAreMadeForEachTenant() {
        deployment
                .database("analytics")
                .with(
                        "V3__secret.sql",
                        "CREATE SCHEMA keys; CREATE TABLE keys.secret AS SELECT gen_random_uuid() AS token;");
        start();

        deployment.results().data(deployment.events().signUp("acme"));
        deployment.results().data(deployment.events().signUp("beta"));

        assertThat(databases(onlyKnown())).isEmpty();
        assertThat(deployment.query(deployment.locationOf("analytics", "acme"), "SELECT token FROM keys.secret"))
                .hasSize(1)
                .isNotEqualTo(
                        deployment.query(deployment.locationOf("analytics", "beta"), "SELECT token FROM keys.secret"));
    }

    @Test
    void rowsWithTheTimeTheyWereMadeAreCopied() {
        deployment
                .database("analytics")
                .with("V3__plan.sql", "CREATE TABLE plan AS SELECT 'free' AS name, clock_timestamp() AS since;");
        start();

        deployment.results().data(deployment.events().signUp("acme"));

        assertThat(databases(onlyKnown())).hasSize(1);
        assertThat(deployment.query(deployment.locationOf("analytics", "acme"), "SELECT name FROM plan"))
                .containsExactly("free");
    }

    @Test
    void scriptsThatAskWhereTheyAreAreRunInEachTenants() {
        deployment
                .database("analytics")
                .with("V3__place.sql", "CREATE TABLE place AS SELECT current_database()::text AS name;");
        start();

        deployment.results().data(deployment.events().signUp("acme"));

        String acme = deployment.locationOf("analytics", "acme");
        assertThat(known()).isEmpty();
        assertThat(deployment.query(acme, "SELECT name FROM place")).containsExactly(acme);
    }

    /** Its SQLSTATE and its message are those of a server that goes away. */
    @Test
    void aScriptThatFailsOnlyInATemplateIsSaidOnceAndTenantsAreMigratedInPlace() {
        deployment.database("analytics").with("V3__fails.sql", """
                DO $$ BEGIN
                    IF starts_with((SELECT datname FROM pg_stat_activity WHERE pid = pg_backend_pid()), 'tenantry_template_') THEN
                        RAISE EXCEPTION 'terminating connection due to administrator command' USING ERRCODE = '57P01';
                    END IF;
                END $$;
                """);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(TemplateKeeper.class);
        logger.addAppender(log);
        try {
            start();
        } finally {
            logger.detachAppender(log);
        }

        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.databases().get(0).to()).isEqualTo("3");
        assertThat(databases(onlyKnown())).isEmpty();
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(line -> line.contains(onlyKnown()))
                .singleElement()
                .asString()
                .contains("V3__fails.sql", "57P01", "the databases of new tenants are migrated from the beginning");
    }

    /** Waits until it takes requests, so that its templates are there. */
    private RunningWorker start() {
        RunningWorker worker = deployment.startWorker();
        deployment.results().data(deployment.events().migrate("nobody-" + System.nanoTime(), "latest"));
        return worker;
    }

    private static Server server(Settings settings) {
        ServerSettings main = Objects.requireNonNull(settings.servers().get("main"));
        return new Server(main, new SessionTimeouts(Duration.ofSeconds(2), Duration.ZERO), "test");
    }

    private static TemplateDatabase template(Settings settings, Server server) throws IOException {
        Path migrations = settings.databases().get(0).migrations();
        return new TemplateDatabase(
                server,
                FlywayEngine.load("analytics", migrations, List.of(), server.dataSource()),
                settings.kafka().groupId());
    }

    private void longAgo(String condition) {
        deployment.executeInRegistry(
                "UPDATE tenantry.template_use SET seen_at = now() - interval '1 hour' WHERE " + condition);
    }

    private String onlyKnown() {
        assertThat(known()).hasSize(1);
        return known().get(0);
    }

    private List<String> known() {
        return deployment.queryRegistry("SELECT DISTINCT template FROM tenantry.template_use");
    }

    private List<String> databases(String prefix) {
        return deployment.query("SELECT datname FROM pg_database WHERE starts_with(datname, '" + prefix + "')");
    }

    private List<String> installedOn(String tenant) {
        return deployment.query(
                deployment.locationOf("analytics", tenant),
                "SELECT to_char(installed_on AT TIME ZONE current_setting('timezone') AT TIME ZONE 'UTC',"
                        + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM flyway_schema_history ORDER BY installed_rank");
    }
}

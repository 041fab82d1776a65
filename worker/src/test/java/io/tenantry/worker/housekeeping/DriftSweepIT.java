package io.tenantry.worker.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.DriftRules;
import io.tenantry.worker.config.DriftSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.ServerShare;
import io.tenantry.worker.config.VerifyAfter;
import io.tenantry.worker.drift.check.HomeCheck;
import io.tenantry.worker.drift.record.DriftRecorder;
import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.reference.KeptReferences;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead.Permit;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead.Use;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.drift.DriftQueue;
import io.tenantry.worker.registry.drift.DriftTable;
import io.tenantry.worker.registry.drift.ReferenceTable;
import io.tenantry.worker.scenario.MigratedRegistry;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.telemetry.Meters;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Homes are compared in turn, and after upgrades, while nothing else needs the connections. */
class DriftSweepIT {
    private static final String STATES =
            "SELECT string_agg(concat_ws(' ', key, state), ', ' ORDER BY key) FROM" + " tenantry.drift_home";

    private static final String TAKEN = "SELECT count(*) FROM tenantry.drift_home WHERE looked_at IS NOT NULL";

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final Set<String> away = new HashSet<>();

    private LongSupplier clock = System::nanoTime;
    private EngineFixture engine;
    private DriftQueue queue;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture();
        engine.with("V1__users.sql", "CREATE TABLE users (id int PRIMARY KEY, email text)");
        queue = new DriftQueue(control.registry());
        MigrationCatalog catalog = engine.proven();
        for (String tenant : List.of("acme", "globex", "initech")) {
            engine.onboard(catalog, tenant);
            execute("INSERT INTO tenantry.tenant (tenant) VALUES ('" + tenant
                    + "'); INSERT INTO tenantry.tenant_home (tenant, database, server, location) VALUES ('" + tenant
                    + "', 'users', 'main', 'tenant_" + tenant + "')");
        }
        engine.execute("ALTER TABLE tenant_globex.users ALTER email SET NOT NULL");
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    @Test
    void comparesAllHomesOnceAnIntervalAndTellsOfTheOneThatDrifted() throws Exception {
        try (DriftSweep sweep = sweep(Duration.ofSeconds(1), VerifyAfter.NEVER)) {
            await("acme clean, globex drifted, initech clean");
            assertThat(queue.take(List.of("users"), Set.of(), Duration.ofMinutes(30), 10))
                    .as("due before the interval is over")
                    .isEmpty();
            engine.execute("ALTER TABLE tenant_globex.users ALTER email DROP NOT NULL");
            await("acme clean, globex clean, initech clean");
        }
        assertThat(ask("SELECT string_agg(rollout || ' ' || type, ', ' ORDER BY position) FROM tenantry.rollout_event"))
                .isEqualTo("globex io.tenantry.tenant.drifted.v1, globex io.tenantry.tenant.drift-cleared.v1");
        assertThat(checks("clean")).isGreaterThanOrEqualTo(3);
        assertThat(checks("drifted")).isPositive();
    }

    @Test
    void requestsGoFirst() throws Exception {
        List<Permit> all = new ArrayList<>();
        while (engine.server().bulkhead().available() > 0) {
            all.add(engine.server().bulkhead().ask(Use.SIGNUP));
        }
        try (DriftSweep sweep = sweep(Duration.ofSeconds(1), VerifyAfter.SAMPLE)) {
            sweep.sample(engine.home("globex"));
            Await.until(
                    Duration.ofSeconds(20),
                    "a home of the sweep is postponed",
                    () ->
                            ask("SELECT count(*) FROM tenantry.drift_home WHERE looked_at > now() + interval '30 seconds'")
                                    .equals("3"));
            assertThat(ask(STATES)).isEqualTo("acme unchecked, globex unchecked, initech unchecked");
            all.forEach(Permit::end);
            await("acme unchecked, globex drifted, initech unchecked");
        }
    }

    @Test
    void homesOfAServerThatIsAwayOrBusyTakeNoTurns() throws Exception {
        AtomicLong now = new AtomicLong();
        clock = now::get;
        for (int i = 1; i < 30; i++) {
            execute("INSERT INTO tenantry.tenant (tenant) VALUES ('far" + i
                    + "'); INSERT INTO tenantry.tenant_home (tenant, database, server, location) VALUES ('far" + i
                    + "', 'users', 'far', 'tenant_far" + i + "')");
        }
        DueHomes due = due(new DriftSettings(Duration.ofHours(1), 1000), VerifyAfter.NEVER);
        assertThat(due.refresh().homes()).isEqualTo(32);
        execute(
                "UPDATE tenantry.drift_home SET looked_at = CASE WHEN key LIKE 'far%' THEN timestamptz '2001-01-01' ELSE"
                        + " '2002-01-01' END");
        away.add("far");

        assertThat(next(due, 1, now))
                .as("another part of the worker knows that far is away")
                .noneMatch(home -> home.contains("far"));
        away.clear();
        DueHomes.Due first = due.next().orElseThrow();
        assertThat(first.home().server()).isEqualTo("far");
        due.foundAway(first);
        assertThat(due.afterNothing(first)).isTrue();
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(next(due, 2, now))
                .as("a look has found far away")
                .hasSize(2)
                .noneMatch(home -> home.contains("far"));
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        DueHomes.Due later = due.next().orElseThrow();
        assertThat(later.home().server()).as("it is asked again").isEqualTo("far");
        execute("UPDATE tenantry.drift_home SET looked_at = '2002-01-01' WHERE key = 'acme'");
        assertThat(due.again(later)).isTrue();
        assertThat(due.next().map(home -> home.home().owner()))
                .as("far had no connection: the turn is another home's, at once")
                .hasValueSatisfying(owner -> assertThat(owner).contains("acme"));
    }

    @Test
    void homesAreDueEvenlyWithinTheIntervalAndNoMoreASecondThanMayBe() throws Exception {
        execute("INSERT INTO tenantry.tenant (tenant) SELECT 't' || i FROM generate_series(4, 1000) i; INSERT INTO"
                + " tenantry.tenant_home (tenant, database, server, location) SELECT 't' || i, 'users', 'main',"
                + " 'tenant_t' || i FROM generate_series(4, 1000) i");

        assertThat(dueInAMinute(Duration.ofDays(7)))
                .as("one each ten seconds at least")
                .isEqualTo(6);
        assertThat(ask(TAKEN))
                .as("a worker takes what it needs for ten seconds")
                .isEqualTo("6");
        assertThat(dueInAMinute(Duration.ofHours(2)))
                .as("1000 in four fifths of it")
                .isEqualTo(11);
        assertThat(ask(TAKEN)).isEqualTo("17");
        assertThat(dueInAMinute(Duration.ofSeconds(60))).as("ten a second").isEqualTo(600);
        assertThat(ask(TAKEN)).isEqualTo("617");

        DueHomes fast = due(new DriftSettings(Duration.ofSeconds(60), 1000), VerifyAfter.NEVER);
        fast.refresh();
        assertThat(fast.next()).isPresent();
        assertThat(ask(TAKEN)).as("no more, however short the time").isEqualTo("637");
    }

    /** On a clock of its own. */
    private int dueInAMinute(Duration interval) throws SQLException {
        AtomicLong now = new AtomicLong();
        clock = now::get;
        DueHomes due = due(new DriftSettings(interval, 10), VerifyAfter.NEVER);
        due.refresh();
        int homes = 0;
        while (now.get() < Duration.ofMinutes(1).toNanos()) {
            homes += due.next().isPresent() ? 1 : 0;
            now.addAndGet(Duration.ofMillis(10).toNanos());
        }
        return homes;
    }

    @Test
    void aHomeThatSomebodyWorksOnComesAgain() throws Exception {
        clock = () -> 100 * System.nanoTime();
        try (Connection migrating = engine.connect();
                DriftSweep sweep = sweep(Duration.ofMinutes(10), VerifyAfter.SAMPLE)) {
            migrating.setAutoCommit(false);
            Sql.execute(
                    migrating,
                    "SELECT pg_advisory_xact_lock(" + engine.home("globex").lockKey() + ")");
            sweep.sample(engine.home("globex"));
            await("acme clean, globex unchecked, initech clean");
            Await.until(
                    Duration.ofSeconds(20),
                    "the sweep comes to it a minute later, and the sample has seen nothing three times",
                    () -> ask("SELECT count(*) FROM tenantry.drift_home WHERE key = 'globex' AND looked_at < now() -"
                                            + " interval '8 minutes'")
                                    .equals("1")
                            && checks("dropped") == 1);
            assertThat(checks("busy")).isEqualTo(4);
        }
    }

    @Test
    void aSampleIsComparedWithoutASweep() throws Exception {
        try (DriftSweep sweep = sweep(null, VerifyAfter.SAMPLE)) {
            sweep.sample(engine.home("globex"));
            sweep.sample(TenantHome.inSchema("initech", "users", "gone", "tenant_initech"));
            await("globex drifted, initech unreadable");
            draining.set(true);
            for (int i = 0; i < 1001; i++) {
                sweep.sample(engine.home("acme"));
            }
        }
        assertThat(checks("dropped")).as("what does not fit into the queue").isEqualTo(1);
        assertThat(ask(STATES)).isEqualTo("globex drifted, initech unreadable");
        try (DriftSweep sweep = sweep(null, VerifyAfter.NEVER)) {
            for (int i = 0; i < 1001; i++) {
                sweep.sample(engine.home("acme"));
            }
        }
        assertThat(checks("dropped")).isEqualTo(1);
    }

    private DriftSweep sweep(@Nullable Duration interval, VerifyAfter verifyAfter) throws Exception {
        MigrationCatalog catalog = engine.catalog();
        DriftSettings settings = new DriftSettings(interval, 1000);
        HomeCheck check = new HomeCheck(
                catalog,
                new KeptReferences(catalog, engine.server(), Set.of(), new ReferenceTable(control.registry())),
                List.of());
        return new DriftSweep(
                new DriftSweep.Parts(
                        settings,
                        List.of("users"),
                        Map.of("main", engine.server()),
                        home -> Optional.of(check),
                        queue,
                        new DriftRecorder(new DriftTable(control.registry(), "group", "/tenantry/group"), "worker-1"),
                        new Meters(metrics).drift(),
                        draining::get,
                        error -> {}),
                due(settings, verifyAfter));
    }

    private DueHomes due(DriftSettings settings, VerifyAfter verifyAfter) {
        DatabaseSettings database = new DatabaseSettings(
                "users",
                List.of(new ServerShare("main", OptionalInt.empty())),
                Isolation.SCHEMA,
                "tenant_{tenant}",
                engine.folder(),
                List.of(),
                false,
                Set.of(),
                new DriftRules(verifyAfter, List.of()));
        RestingServers servers = new RestingServers(Set.of("main", "far"), away::contains, clock);
        return new DueHomes(settings, List.of(database), queue, bound -> 0, clock, servers);
    }

    /** Each time that a home of the sweep is due: who is next. */
    private List<String> next(DueHomes due, int times, AtomicLong now) throws SQLException {
        List<String> next = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            due.next().ifPresent(home -> next.add(home.home().owner()));
            now.addAndGet(Duration.ofSeconds(10).toNanos());
        }
        return next;
    }

    private void await(String states) {
        Await.until(Duration.ofSeconds(30), "the states are " + states, () -> states.equals(ask(STATES)));
    }

    private double checks(String outcome) {
        return metrics.get("tenantry.drift.checks")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private void execute(String sql) {
        control.deployment().executeInRegistry(sql);
    }

    private String ask(String sql) {
        Optional<String> first =
                control.deployment().queryRegistry(sql).stream().findFirst();
        return first.orElse("");
    }
}

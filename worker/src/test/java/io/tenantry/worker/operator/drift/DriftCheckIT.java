package io.tenantry.worker.operator.drift;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.engine.proof.PlanVerifier;
import io.tenantry.worker.guarantee.Scale;
import io.tenantry.worker.postgres.BlockingSession;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.HomeState;
import io.tenantry.worker.postgres.home.LockedHome;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.ScratchDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** {@code drift}: what somebody did to homes by hand is found and named, and nothing else. */
@Tag("guarantee")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(9)
class DriftCheckIT {
    private static final int HOMES = Scale.isFull() ? 1000 : 100;

    private static final String ROLE =
            "DO $$ BEGIN CREATE ROLE drift_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$";

    private final Deployment deployment = Deployment.create();
    private final List<HandMadeChange> changes = HandMadeChange.all("changes.sql");
    private final List<HandMadeChange> partChanges = HandMadeChange.all("parts/changes.sql");
    private final List<HandMadeChange> schemaChanges = HandMadeChange.all("schemas/changes.sql");

    @BeforeAll
    void makeTheFleet() throws Exception {
        deployment.execute(ROLE);
        deployment.execute("CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw");
        for (String script : List.of("V1__shop.sql", "V2__names.sql", "R__views.sql")) {
            deployment.database("shop").with(script, HandMadeChange.text(script));
        }
        deployment.database("parts").with("V1__parts.sql", HandMadeChange.text("parts/V1__parts.sql"));
        deployment.database("tools").withTwoTables();
        deployment.database("late").withTwoTables();
        deployment.database("many").withTwoTables();
        deployment.database("named").with("V1__computed.sql", HandMadeChange.text("V1__computed.sql"));
        deployment.database("own").withTwoTables().isolation(Isolation.DATABASE);
        deployment
                .database("wide")
                .with("V1__audit.sql", HandMadeChange.text("schemas/V1__audit.sql"))
                .isolation(Isolation.DATABASE);
        deployment.database("common").withTwoTables().isolation(Isolation.SHARED);
        deployment
                .database("held")
                .with("V1__one.sql", "CREATE TABLE one (id int);")
                .with("V2__held.sql", heldScript());
        deployment
                .database("heldown")
                .with("V1__one.sql", "CREATE TABLE one (id int);")
                .with("V2__held.sql", heldScript())
                .isolation(Isolation.DATABASE);
        deployment.with("databases.shop.drift-exclude", "table audit_*");
        try (Registry registry = new Registry(deployment.settings().registry(), "test")) {
            registry.migrate();
        }
        try (Server server = server()) {
            make(server, "shop", HOMES);
            make(server, "parts", partChanges.size() + 1);
            make(server, "tools", 8);
            make(server, "late", 2);
            make(server, "many", 6);
        }
        change("shop", changes);
        change("parts", partChanges);
    }

    @AfterAll
    void close() throws Exception {
        deployment.close();
    }

    @Test
    void namesWhatSomebodyChangedByHandAndNothingElse() {
        assertThatAreNamed("shop", changes, HOMES);

        assertThat(deployment.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenantry_scratch%'"))
                .as("scratch schemas")
                .isEmpty();
    }

    @Test
    void namesWhatIsRarelyChangedAndNotWhatARestorePrintsInAnotherWay() {
        assertThatAreNamed("parts", partChanges, partChanges.size() + 1);
    }

    @Test
    void namesWhatSomebodyChangedInFurtherSchemasOfATenantsDatabase() throws Exception {
        try (Server server = server()) {
            for (int i = 0; i < schemaChanges.size(); i++) {
                String database = deployment.locationOf("wide", tenant(i));
                deployment.executeAsWorker("CREATE DATABASE " + database);
                TenantHome home = TenantHome.inDatabase(tenant(i), "wide", "main", database);
                deployment.executeAsWorker(home.markSql());
                migrate(server, home);
                deployment.executeInRegistry(
                        "INSERT INTO tenantry.tenant_home (tenant, database, server, location, version)" + " VALUES ('"
                                + tenant(i) + "', 'wide', 'main', '" + database + "', '1')");
                try (Connection connection = DevStack.shared().postgres().connect(database)) {
                    change(connection, "public", schemaChanges.get(i).sql());
                }
            }
        }

        assertThatAreNamed("wide", schemaChanges, schemaChanges.size());
        ScratchDatabases.awaitNoneStays(deployment::query);
    }

    private void assertThatAreNamed(String database, List<HandMadeChange> made, int homes) {
        CommandLineRun run = CommandLineRun.on(deployment, "drift", "--database", database);

        Map<String, List<String>> found = new TreeMap<>();
        String tenant = "";
        for (String line : run.lines()) {
            if (line.startsWith("  ")) {
                Objects.requireNonNull(found.get(tenant)).add(line.strip());
            } else if (line.contains(", database " + database + ": main/")) {
                tenant = line.substring(0, line.indexOf(','));
                found.put(tenant, new ArrayList<>());
            }
        }
        int drifted = 0;
        for (int i = 0; i < made.size(); i++) {
            List<String> lines = found.getOrDefault(tenant(i), List.of());
            List<String> expected = made.get(i).differs();
            drifted += expected.isEmpty() ? 0 : 1;
            assertThat(lines).as(made.get(i).sql()).hasSameSizeAs(expected);
            for (int line = 0; line < lines.size(); line++) {
                assertThat(lines.get(line)).as(made.get(i).sql()).startsWith(expected.get(line));
            }
        }
        assertThat(run.lines())
                .last()
                .isEqualTo(homes + " homes compared: " + (homes - drifted) + " as their migrations make them, "
                        + drifted + " drifted, 0 not comparable, 0 being migrated");
        assertThat(run.status()).isEqualTo(1);
        assertThat(deployment.queryRegistry(
                        "SELECT state || ' ' || count(*) FROM tenantry.drift_home WHERE database = '" + database
                                + "' GROUP BY state ORDER BY 1"))
                .containsExactly("clean " + (homes - drifted), "drifted " + drifted);
    }

    @Test
    void tellsAHomeThatIsMigratedOrCannotBeReadFromADriftedOne() throws Exception {
        deployment.execute("DROP SCHEMA tools_t0 CASCADE; COMMENT ON SCHEMA tools_t1 IS 'mine';"
                + " INSERT INTO tools_t2.flyway_schema_history VALUES (3, '9', 'nine', 'SQL', 'V9__nine.sql', 1, 'me', now(), 1,"
                + " true); DROP TABLE tools_t3.invoice; DROP TABLE tools_t6.flyway_schema_history");
        String group = deployment.settings().kafka().groupId();
        deployment.executeInRegistry(
                "INSERT INTO tenantry.worker (group_id, application_name, expires_at, publishes) VALUES ('" + group
                        + "', 'migrating-1', now() + interval '1 hour', 2)");
        try (Connection altering = deployment.connect();
                Connection migrating = deployment.connect();
                Connection stuck = deployment.connect()) {
            altering.setAutoCommit(false);
            Sql.execute(altering, "ALTER TABLE tools_t4.account ADD COLUMN half_way int");
            migrating.setAutoCommit(false);
            Sql.execute(
                    migrating,
                    "SET application_name = 'migrating-1'; SELECT pg_advisory_xact_lock("
                            + TenantHome.inSchema("t5", "tools", "main", "tools_t5")
                                    .lockKey() + ")");
            Sql.execute(
                    stuck,
                    "SET application_name = 'by hand'; SELECT pg_advisory_lock("
                            + TenantHome.inSchema("t7", "tools", "main", "tools_t7")
                                    .lockKey() + ")");
            CommandLineRun run = CommandLineRun.on(deployment, "drift", "--database", "tools", "--json");

            List<JsonNode> json = run.json();
            assertThat(json.get(0).get("tenant").textValue()).isEqualTo("t3");
            assertThat(json.get(0).get("version").textValue()).isEqualTo("2");
            assertThat(json.get(0).get("differences")).hasSize(1);
            assertThat(json.get(0).get("differences").get(0).get("change").textValue())
                    .isEqualTo("missing");
            assertThat(json.get(0).get("differences").get(0).get("object").textValue())
                    .isEqualTo("invoice");
            assertThat(json.subList(1, 8).stream()
                            .map(line -> line.get("tenant").textValue()))
                    .containsExactly("t0", "t1", "t2", "t6", "t4", "t7", "t5");
            assertThat(json.get(1).get("unreadable").textValue()).contains("does not exist");
            assertThat(json.get(2).get("unreadable").textValue()).contains("does not have the mark");
            assertThat(json.get(3).get("unreadable").textValue()).contains("version 9");
            assertThat(json.get(4).get("unreadable").textValue()).contains("no row in flyway_schema_history");
            assertThat(json.get(5).get("unreadable").textValue())
                    .contains("table account is locked by session " + BlockingSession.pid(altering) + " (")
                    .contains(", its state is hidden from the worker's role)");
            assertThat(json.get(6).get("unreadable").textValue())
                    .contains("the home is locked by session " + BlockingSession.pid(stuck) + " (by hand, ")
                    .endsWith(", which is no worker's: end it");
            assertThat(json.get(7).toString())
                    .isEqualTo("{\"tenant\":\"t5\",\"database\":\"tools\",\"migrating\":true}");
            assertThat(json.get(8).toString())
                    .isEqualTo("{\"checked\":8,\"clean\":0,\"drifted\":1,\"unreadable\":6,\"busy\":1,\"homes\":8}");
            assertThat(run.status()).isEqualTo(1);
        } finally {
            deployment.executeInRegistry("DELETE FROM tenantry.worker WHERE application_name = 'migrating-1'");
        }
        CommandLineRun excluding = CommandLineRun.on(
                deployment,
                "drift",
                "--database",
                "tools",
                "--tenant",
                "t3",
                "--exclude",
                "table i*",
                "--exclude",
                "table invoices");
        assertThat(excluding.status()).isZero();
        assertThat(excluding.err())
                .contains("--exclude 'table invoices' matches no object, so it has left out nothing")
                .doesNotContain("table i*");
        assertThat(deployment.queryRegistry(
                        "SELECT state FROM tenantry.drift_home WHERE database = 'tools' AND key = 't3'"))
                .as("a look that leaves out more ends no drift")
                .containsExactly("drifted");
        CommandLineRun after = CommandLineRun.on(deployment, "drift", "--database", "tools", "--tenant", "t5");
        assertThat(after.status()).as("nobody works on it").isZero();
        assertThat(after.lines()).hasSize(1);
        assertThat(CommandLineRun.on(deployment, "drift", "--sample", "101%").status())
                .isEqualTo(2);
        assertThat(CommandLineRun.on(deployment, "drift", "--database", "none").status())
                .isEqualTo(2);
        assertThat(CommandLineRun.on(deployment, "drift", "--exclude", "tabel x")
                        .status())
                .isEqualTo(2);
        assertThat(CommandLineRun.on(deployment, "drift", "--tenant", "t5", "--sample", "5%")
                        .status())
                .isEqualTo(2);
        assertThat(CommandLineRun.on(deployment, "drift", "--tenant", "t5", "--exclude", "t*")
                        .status())
                .isNotEqualTo(2);
        assertThat(CommandLineRun.on(deployment, "drift", "--tenant", "nobody").status())
                .isEqualTo(1);
    }

    @Test
    void saysOnceWhatManyHomesHaveAndHintsAtTheCause() throws Exception {
        deployment.database("many").with("V3__note.sql", "ALTER TABLE account ADD COLUMN note text;");
        DatabaseSettings settings = settings("many");
        try (Server server = server()) {
            MigrationCatalog.Migration third = FlywayEngine.load(
                            "many", settings.migrations(), List.of(), server.dataSource())
                    .migrations()
                    .get(2);
            deployment.execute("DROP INDEX many_t0.invoice_account_idx; DROP INDEX many_t1.invoice_account_idx;"
                    + " DROP INDEX many_t2.invoice_account_idx;"
                    + " DELETE FROM many_t3.flyway_schema_history WHERE version = '2';"
                    + " INSERT INTO many_t4.flyway_schema_history VALUES (3, '3', 'note', 'SQL', 'V3__note.sql', "
                    + third.checksum() + ", 'me', now(), 1, true)");
        }

        CommandLineRun run = CommandLineRun.on(deployment, "drift", "--database", "many");

        assertThat(run.lines())
                .containsExactly(
                        "t0, database many, and 2 more homes: main/many_t0 and others, version 2, 1 difference from what their"
                                + " migrations make",
                        "  missing index invoice_account_idx on invoice: CREATE INDEX invoice_account_idx ON invoice USING btree"
                                + " (account)",
                        "t3, database many: main/many_t3, version 1, 1 difference from what its migrations make",
                        "  extra table invoice: (id integer NOT NULL, account integer, cents bigint)",
                        "  hint: the home is as at version 2, so its flyway_schema_history seems to have lost the row of"
                                + " V2__invoice.sql: put it back, or the next upgrade runs the script again",
                        "t4, database many: main/many_t4, version 3, 1 difference from what its migrations make",
                        "  missing column account.note: text",
                        "  hint: the home is as at version 2, so V3__note.sql seems not to have run here, although"
                                + " flyway_schema_history has its row: delete the row, and migrate the tenant again",
                        "6 homes compared: 1 as their migrations make them, 5 drifted, 0 not comparable, 0 being migrated");
        assertThat(CommandLineRun.on(deployment, "drift", "--database", "many", "--sample", "0.0000001%")
                        .lines())
                .last()
                .asString()
                .startsWith("1 of 6 homes compared: ");
        assertThat(CommandLineRun.on(deployment, "drift", "--database", "many", "--sample", "51%")
                        .lines())
                .last()
                .asString()
                .startsWith("4 of 6 homes compared: ");
        assertThat(CommandLineRun.on(deployment, "drift", "--database", "many", "--sample", "100%")
                        .lines())
                .isEqualTo(run.lines());
    }

    @Test
    void saysWhichPrivilegesAnOlderHomeNeverHad() {
        String defaults = "ALTER DEFAULT PRIVILEGES FOR ROLE " + deployment.workerRole() + " ";
        deployment.execute(
                "DROP INDEX late_t0.invoice_account_idx; " + defaults + "GRANT SELECT ON TABLES TO drift_reader");

        CommandLineRun run = CommandLineRun.on(deployment, "drift", "--tenant", "t0", "--database", "late");

        deployment.execute(defaults + "REVOKE SELECT ON TABLES FROM drift_reader");
        assertThat(run.lines().subList(2, 5))
                .containsExactly(
                        "  changed privileges on table account: SELECT revoked from drift_reader",
                        "  changed privileges on table invoice: SELECT revoked from drift_reader",
                        "  hint: all privileges that were revoked are those that ALTER DEFAULT PRIVILEGES grants on new"
                                + " objects in any schema: a home that is older never had them; grant them there too, or exclude"
                                + " them");
        deployment.execute("CREATE INDEX ON late_t0.invoice (account)");
        assertThat(CommandLineRun.on(deployment, "drift", "--tenant", "t0", "--database", "late")
                        .status())
                .isZero();
    }

    /** The first mistake of everybody: it is no fault of the migrations, and one line says so for all homes. */
    @Test
    void aServerThatCannotBeUsedIsNamedOnce() {
        String url = Objects.requireNonNull(deployment.settings().servers().get("main"))
                .url();
        deployment.with("servers.main.url", url + "_missing");
        try {
            CommandLineRun drift = CommandLineRun.on(deployment, "drift", "--database", "tools");
            CommandLineRun adopt = CommandLineRun.on(deployment, "adopt", "--database", "tools");

            assertThat(drift.status()).isEqualTo(1);
            assertThat(drift.lines()).hasSize(3);
            assertThat(drift.lines().get(0))
                    .startsWith(
                            "t0, database tools, and 2 more homes: not comparable: server main cannot be used: FATAL: ")
                    .endsWith("_missing\" does not exist; check servers.main.url, user and password");
            assertThat(drift.lines().get(1))
                    .startsWith(
                            "t3, database tools, and 4 more homes: not comparable: server main could not be reached");
            assertThat(adopt.status()).isEqualTo(1);
            assertThat(adopt.err())
                    .contains("server main cannot be used: FATAL: ")
                    .doesNotContain("databases.tools.migrations");
        } finally {
            deployment.with("servers.main.url", url);
        }
    }

    @Test
    void looksAgainAtAHomeThatWasMigrated() throws Exception {
        try (Connection migrating = deployment.connect()) {
            migrating.setAutoCommit(false);
            Sql.execute(
                    migrating,
                    "SELECT pg_advisory_xact_lock("
                            + TenantHome.inSchema("t0", "late", "main", "late_t0")
                                    .lockKey() + ")");
            CompletableFuture<CommandLineRun> run =
                    CompletableFuture.supplyAsync(() -> CommandLineRun.on(deployment, "drift", "--database", "late"));
            Await.until(
                    Duration.ofSeconds(30),
                    "the home after it was looked at",
                    () -> deployment
                            .queryRegistry(
                                    "SELECT key FROM tenantry.drift_home WHERE database = 'late' AND state = 'clean'")
                            .equals(List.of("t1")));
            migrating.rollback();
            assertThat(run.get(60, TimeUnit.SECONDS).lines())
                    .containsExactly(
                            "2 homes compared: 2 as their migrations make them, 0 drifted, 0 not comparable, 0 being migrated");
        }
    }

    @Test
    void comparesDatabasesOfTenantsAndSharedHomes() throws Exception {
        String database = deployment.locationOf("own", "t0");
        try (Server server = server()) {
            deployment.executeAsWorker("CREATE DATABASE " + database);
            TenantHome own = TenantHome.inDatabase("t0", "own", "main", database);
            deployment.executeAsWorker(own.markSql());
            migrate(server, own);
            migrate(server, new TenantHome(null, "common", "main", "common", Isolation.SHARED));
        }
        deployment.executeInRegistry(
                "INSERT INTO tenantry.tenant_home (tenant, database, server, location, version) VALUES"
                        + " ('t0', 'own', 'main', '" + database
                        + "', '2'); INSERT INTO tenantry.shared_database (database, server,"
                        + " location, version) VALUES ('common', 'main', 'common', '2')");
        CommandLineRun before = CommandLineRun.on(deployment, "drift", "--database", "own");
        try (Connection connection = DevStack.shared().postgres().connect(database)) {
            Sql.execute(
                    connection,
                    "CREATE SCHEMA reports; DROP INDEX invoice_account_idx;"
                            + " CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
                            + " CREATE EVENT TRIGGER noted ON ddl_command_end WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION noted();"
                            + " CREATE FOREIGN DATA WRAPPER there; CREATE SERVER far FOREIGN DATA WRAPPER there OPTIONS (password"
                            + " 'hidden-1'); CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (password 'hidden-2');"
                            + " CREATE PUBLICATION news FOR ALL TABLES WITH (publish = 'insert', publish_generated_columns = stored);"
                            + " CREATE CAST (text AS integer) WITH INOUT AS IMPLICIT;"
                            + " CREATE SUBSCRIPTION copied CONNECTION 'password=hidden-4' PUBLICATION one, \"Two\" WITH (connect ="
                            + " false, slot_name = NONE);"
                            + " UPDATE pg_database SET datcollate = 'POSIX' WHERE datname = current_database();"
                            + " REVOKE CONNECT ON DATABASE " + database + " FROM PUBLIC; ALTER DATABASE " + database
                            + " SET work_mem = '64MB'; ALTER DATABASE " + database
                            + " SET app.key = 'hidden-3, SET x'");
        }
        deployment.execute("ALTER TABLE common.account ADD COLUMN note text");

        CommandLineRun own = CommandLineRun.on(deployment, "drift", "--database", "own");
        CommandLineRun common = CommandLineRun.on(deployment, "drift", "--database", "common");
        try (Connection connection = DevStack.shared().postgres().connect(database)) {
            // It would keep the database from being dropped.
            Sql.execute(connection, "DROP SUBSCRIPTION copied");
        }

        assertThat(before.lines())
                .containsExactly(
                        "1 home compared: 1 as their migrations make them, 0 drifted, 0 not comparable, 0 being migrated");
        assertThat(own.lines().subList(1, own.lines().size() - 1))
                .containsExactly(
                        "  extra cast (text AS integer): WITH INOUT, AS IMPLICIT",
                        "  extra event trigger noted: ON ddl_command_end WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION"
                                + " public.noted()",
                        "  extra foreign data wrapper there",
                        "  extra function noted(): CREATE OR REPLACE FUNCTION noted()\\n RETURNS event_trigger\\n LANGUAGE"
                                + " plpgsql\\nAS $function$BEGIN END$function$",
                        "  missing index invoice_account_idx on invoice: CREATE INDEX invoice_account_idx ON invoice USING btree"
                                + " (account)",
                        "  changed locale of database: ENCODING UTF8 LC_COLLATE POSIX LC_CTYPE C here, ENCODING UTF8 LC_COLLATE"
                                + " C LC_CTYPE C in the reference",
                        "  changed privileges on database: CONNECT revoked from PUBLIC",
                        "  extra publication news: FOR ALL TABLES, insert, generated columns",
                        "  extra schema reports: not read, since the worker's role lacks USAGE on it",
                        "  extra server far: FOREIGN DATA WRAPPER there OPTIONS password=...",
                        "  changed settings of database: SET app.key=..., SET work_mem='64MB' here, not in the reference",
                        "  extra subscription copied: PUBLICATION \"Two\", one DISABLED");
        assertThat(common.lines().subList(0, common.lines().size() - 1))
                .containsExactly(
                        "shared database common: main/common, version 2, 1 difference from what its migrations make",
                        "  extra column account.note: text");
        ScratchDatabases.awaitNoneStays(deployment::query);
    }

    /** Scripts that do something with the tenant's name make another text, or another name, in each home. */
    /** Two are killed at the second script of a replay, in a scratch schema and in a scratch database. */
    @Test
    void aRunThatIsKilledWhileItReplaysLeavesNothingToTheNextAndKeepsToItsLease() throws Exception {
        String ownHome = deployment.locationOf("heldown", "t0");
        try (Server server = server()) {
            migrate(server, TenantHome.inSchema("t0", "held", "main", "held_t0"));
            deployment.executeAsWorker("CREATE DATABASE " + ownHome);
            TenantHome own = TenantHome.inDatabase("t0", "heldown", "main", ownHome);
            deployment.executeAsWorker(own.markSql());
            migrate(server, own);
        }
        deployment.executeInRegistry(
                "INSERT INTO tenantry.tenant_home (tenant, database, server, location, version) VALUES"
                        + " ('t0', 'held', 'main', 'held_t0', '2'), ('t0', 'heldown', 'main', '" + ownHome + "', '2')");
        deployment.execute("CREATE ROLE " + hold());
        List<AppProcess> runs = List.of(
                deployment.startCommand("drift", "--database", "held"),
                deployment.startCommand("drift", "--database", "heldown"));
        String replaying = "FROM pg_stat_activity WHERE query LIKE '%" + hold() + "%' AND wait_event = 'PgSleep'";
        Await.until(
                Duration.ofSeconds(60),
                "both are at the second script",
                () -> deployment.query("SELECT pid " + replaying).size() == 2);
        String schemas = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenantry_scratch%'";
        String database = deployment
                .query("SELECT datname " + replaying + " AND datname LIKE 'tenantry_scratch%'")
                .get(0);
        List<String> leases = deployment.queryRegistry(
                "SELECT application_name || ' ' || connections FROM tenantry.connection_lease ORDER BY 1");
        assertThat(leases).hasSize(2);
        assertThat(sessionsOf(leases)).isEqualTo(leases);

        runs.forEach(AppProcess::close);
        deployment.query("SELECT pg_terminate_backend(pid, 10000) " + replaying);
        assertThat(deployment.query(schemas)).as("what the killed one made").hasSize(1);
        deployment.execute("DROP ROLE " + hold());

        for (String next : List.of("held", "heldown")) {
            CommandLineRun run = CommandLineRun.on(deployment, "drift", "--database", next);
            assertThat(run.status()).as(run.out() + run.err()).isZero();
        }
        assertThat(deployment.query(schemas)).isEmpty();
        assertThat(deployment.query("SELECT datname FROM pg_database WHERE datname = '" + database + "'"))
                .isEmpty();
    }

    /** While there is a role, a replay by Flyway waits in it; a trial that is rolled back does not. */
    private String heldScript() {
        return "DO $$ BEGIN WHILE to_regclass('flyway_schema_history') IS NOT NULL AND EXISTS (SELECT FROM"
                + " pg_catalog.pg_roles WHERE rolname = '" + hold()
                + "') LOOP PERFORM pg_sleep(0.1); END LOOP; END $$;";
    }

    private String hold() {
        return deployment.tenantDatabase() + "_hold";
    }

    private List<String> sessionsOf(List<String> leases) {
        String names = leases.stream()
                .map(lease -> Identifiers.literal(lease.substring(0, lease.lastIndexOf(' '))))
                .collect(Collectors.joining(", "));
        return deployment.query(
                "SELECT application_name || ' ' || count(*) FROM pg_stat_activity WHERE application_name" + " IN ("
                        + names + ") GROUP BY application_name ORDER BY 1");
    }

    @Test
    void leavesOutWhatScriptsComputeFromTheTenantsName() throws Exception {
        try (Server server = server()) {
            for (String tenant : List.of("t0", "t1")) {
                migrate(server, TenantHome.inSchema(tenant, "named", "main", "named_" + tenant));
            }
        }
        deployment.executeInRegistry("INSERT INTO tenantry.tenant_home (tenant, database, server, location, version)"
                + " VALUES ('t0', 'named', 'main', 'named_t0', '1'), ('t1', 'named', 'main', 'named_t1', '1')");
        deployment.execute("DROP SEQUENCE named_t1.u1_seq; ALTER TABLE named_t1.account ALTER id TYPE bigint,"
                + " ALTER computed SET DEFAULT 'by hand'");

        CommandLineRun run = CommandLineRun.on(deployment, "drift", "--database", "named");

        assertThat(run.lines().get(0)).startsWith("t1, database named: main/named_t1, version 1, 2 differences from");
        assertThat(run.lines().get(1))
                .isEqualTo("  changed column account.id: bigint NOT NULL here, integer NOT NULL in the reference");
        assertThat(run.lines().get(2)).startsWith("  missing sequence ");
        assertThat(run.lines().get(3)).startsWith("2 homes compared: 1 as their migrations make them, 1 drifted, ");
    }

    private void migrate(Server server, TenantHome home) throws Exception {
        DatabaseSettings settings = settings(home.database());
        MigrationCatalog catalog =
                FlywayEngine.load(home.database(), settings.migrations(), List.of(), server.dataSource());
        try (HomeSession session = HomeSession.open(server, home)) {
            LockedHome locked = session.tryLock().orElseThrow();
            if (locked.inspect() instanceof HomeState.Missing) {
                locked.create();
            }
            assertThat(new Migrator(catalog).migrate(locked, Target.of("latest"), new VersionTracker()))
                    .isInstanceOf(MigrationResult.Migrated.class);
        }
    }

    private DatabaseSettings settings(String database) {
        return deployment.settings().databases().stream()
                .filter(one -> one.name().equals(database))
                .findFirst()
                .orElseThrow();
    }

    private Server server() {
        return new Server(
                Objects.requireNonNull(deployment.settings().servers().get("main")),
                new SessionTimeouts(Duration.ofSeconds(2), Duration.ZERO),
                "drift test");
    }

    private static String tenant(int number) {
        return "t" + number;
    }

    private void change(String database, List<HandMadeChange> made) throws SQLException {
        try (Connection connection = deployment.connect()) {
            for (int i = 0; i < made.size(); i++) {
                change(connection, database + "_" + tenant(i), made.get(i).sql());
            }
        }
    }

    private void change(Connection connection, String schema, String sql) {
        try {
            Sql.execute(connection, "SET ROLE " + deployment.workerRole());
            Sql.execute(connection, "SET search_path = " + Identifiers.quote(schema));
            Sql.execute(connection, sql.replace("${schema}", schema));
        } catch (SQLException failure) {
            throw new AssertionError(sql, failure);
        }
    }

    /** As a worker makes them, with their rows in the registry. */
    private void make(Server server, String database, int homes) throws Exception {
        DatabaseSettings settings = settings(database);
        MigrationCatalog read = FlywayEngine.load(database, settings.migrations(), List.of(), server.dataSource());
        Migrator migrator = new Migrator(read.with(
                PlanVerifier.verify(read, server, Set.of(), warning -> {}).plans()));
        for (int i = 0; i < homes; i++) {
            TenantHome home = TenantHome.inSchema(tenant(i), database, "main", database + "_" + tenant(i));
            try (HomeSession session = HomeSession.open(server, home)) {
                assertThat(migrator.createByPlan(session, new VersionTracker())).isInstanceOf(PlanOutcome.Done.class);
            }
        }
        deployment.executeInRegistry("INSERT INTO tenantry.tenant (tenant) SELECT 't' || i FROM generate_series(0, "
                + (homes - 1) + ") i ON CONFLICT DO NOTHING;"
                + " INSERT INTO tenantry.tenant_home (tenant, database, server, location, version) SELECT 't' || i, '"
                + database + "', 'main', '" + database + "_t' || i, '2' FROM generate_series(0, " + (homes - 1)
                + ") i");
    }
}

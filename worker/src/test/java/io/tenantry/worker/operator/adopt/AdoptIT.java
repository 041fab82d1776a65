package io.tenantry.worker.operator.adopt;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.MigratedRegistry;
import io.tenantry.worker.scenario.RolloutRows;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.Signal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code adopt} and {@code tenants forget}: homes that were there before Tenantry. */
class AdoptIT {
    private static final String HOMES =
            "SELECT concat_ws(' ', tenant, database, server, location, version, CASE WHEN fingerprint IS NOT NULL THEN 'known'"
                    + " END) FROM tenantry.tenant_home ORDER BY 1";
    private static final String MARKS =
            "SELECT nspname FROM pg_namespace WHERE starts_with(obj_description(oid, 'pg_namespace'), 'tenantry tenant=') ORDER"
                    + " BY 1";

    /** What the migrations make, one after another. */
    private static final List<String> SCRIPTS = List.of(
            "CREATE TABLE account (id int PRIMARY KEY, name text NOT NULL)",
            "CREATE TABLE invoice (id int PRIMARY KEY, account int REFERENCES account, cents bigint); CREATE INDEX ON"
                    + " invoice (account)",
            // As pg_dump and a restore leave it.
            "ALTER TABLE invoice ADD COLUMN state varchar(9) CONSTRAINT state_known CHECK (((state)::text = ANY"
                    + " (ARRAY[('open'::character varying)::text, ('paid'::character varying)::text])))");

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String BLOCKED =
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE 'tenantry cli%'";

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    private Deployment deployment;
    private Server server;
    private MigrationCatalog catalog;

    @BeforeEach
    void start() throws Exception {
        deployment = control.deployment();
        deployment.settingsFile();
        server = new Server(
                Objects.requireNonNull(deployment.settings().servers().get("main")),
                new SessionTimeouts(Duration.ofSeconds(2), Duration.ZERO),
                "adopt test");
        catalog = FlywayEngine.load(
                "users", deployment.settings().databases().get(0).migrations(), List.of(), server.dataSource());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void takesOverWhatFlywayHasMadeAndSaysWhyNotTheRest() throws Exception {
        byFlyway("old_acme", "2");
        byFlyway("old_globex", "1");
        deployment.executeAsWorker("CREATE SCHEMA old_wonka; CREATE SCHEMA other");
        // Each of these is refused for one reason.
        byFlyway("old_Initech", "2");
        for (String schema : List.of(
                "old_hooli",
                "old_tables",
                "old_stark",
                "old_wayne",
                "old_newer",
                "old_failed",
                "old_typo",
                "old_ancient",
                "old_restored",
                "old_undone",
                "old_deleted",
                "old_twice",
                "old_unsure",
                "old_untold")) {
            byFlyway(schema, "2");
        }
        deployment.execute("CREATE SCHEMA old_umbrella; CREATE TABLE old_tables.by_hand (id int);"
                + " COMMENT ON SCHEMA old_hooli IS 'our best customer';"
                + " CREATE SCHEMA old_lumon; COMMENT ON SCHEMA old_lumon IS 'tenantry tenant=old_lumon database=sales';"
                + " UPDATE old_wayne.flyway_schema_history SET checksum = 7 WHERE version = '2';"
                + " UPDATE old_newer.flyway_schema_history SET version = '9' WHERE version = '2';"
                + " UPDATE old_typo.flyway_schema_history SET version = 'two' WHERE version = '2';"
                + " UPDATE old_failed.flyway_schema_history SET success = false WHERE version = '2'");
        String row =
                "INSERT INTO old_%s.flyway_schema_history SELECT %d, '%s', 'gone', '%s', 'gone.sql', 7, 'ann', now(), 1, true;";
        deployment.execute(row.formatted("undone", 3, "2", "UNDO_SQL")
                + " UPDATE old_unsure.flyway_schema_history SET checksum = NULL WHERE version = '2';"
                + " ALTER TABLE old_ancient.flyway_schema_history ADD version_rank int NOT NULL DEFAULT 1;"
                + " ALTER TABLE old_ancient.flyway_schema_history ALTER version_rank DROP DEFAULT;"
                + " ALTER TABLE old_restored.flyway_schema_history DROP CONSTRAINT flyway_schema_history_pk, ALTER installed_rank"
                + " DROP NOT NULL; UPDATE old_restored.flyway_schema_history SET installed_rank = NULL WHERE version = '2';"
                + " ALTER TABLE old_untold.flyway_schema_history ALTER type DROP NOT NULL;"
                + " UPDATE old_untold.flyway_schema_history SET type = NULL WHERE version = '2';"
                + row.formatted("deleted", 3, "1.5", "SQL")
                + row.formatted("deleted", 4, "1.5", "DELETE")
                + row.formatted("twice", 3, "1.5", "SQL")
                + row.formatted("twice", 4, "1.5", "DELETE")
                + row.formatted("twice", 5, "1.5", "DELETE"));
        deployment.executeInRegistry(
                "INSERT INTO tenantry.tenant VALUES ('stark'); INSERT INTO tenantry.tenant_home (tenant,"
                        + " database, server, location) VALUES ('stark', 'users', 'main', 'users_stark')");

        CommandLineRun look = adopt();

        assertThat(look.status()).isEqualTo(1);
        assertThat(look.lines())
                .containsExactly(
                        "refused: main/old_Initech: 'Initech' is no name of a tenant ([a-z0-9][a-z0-9_-]{0,47}): rename the schema",
                        "adoptable: main/old_acme: tenant acme, version 2 (flyway_schema_history)",
                        "refused: main/old_ancient: it has flyway_schema_history with columns that Flyway of today does not"
                                + " write, and that must not be null, version_rank, and a history of Flyway needs this name: alter"
                                + " it to the columns that Flyway makes, or rename it",
                        "adoptable: main/old_deleted: tenant deleted, version 2 (flyway_schema_history)",
                        "refused: main/old_failed: V2__invoice.sql failed there: finish or undo its work, and repair the"
                                + " history by `flyway repair`",
                        "adoptable: main/old_globex: tenant globex, version 1 (flyway_schema_history)",
                        "refused: main/old_hooli: it has the comment \"our best customer\", which the mark would overwrite: remove"
                                + " it with COMMENT ON SCHEMA \"old_hooli\" IS NULL if nobody needs it",
                        "refused: main/old_lumon: it has the mark of another home, \"tenantry tenant=old_lumon database=sales\","
                                + " and stays that home: choose a --pattern that does not fit it, or leave it out; if that home was"
                                + " given up, by `tenantry tenants forget`, remove the mark with COMMENT ON SCHEMA \"old_lumon\" IS"
                                + " NULL",
                        "refused: main/old_newer: its version 9 is newer than the newest of the migrations here, 2: use the"
                                + " release that has it",
                        "unreadable: main/old_restored: a row of table flyway_schema_history must be corrected: its installed_rank"
                                + " is null; correct this, and run this again",
                        "refused: main/old_stark: tenant stark is registered at main/users_stark: adopt it after `tenantry"
                                + " tenants forget stark`, if that home is not the right one",
                        "refused: main/old_tables: the worker's role does not own by_hand of role postgres, and migrations of it"
                                + " would fail: ALTER ... OWNER TO the worker's role, or to one of which it is a member",
                        "refused: main/old_twice: row 5 of its history deletes version 1.5, which an earlier row deletes already,"
                                + " so Flyway calls the history corrupted: remove the row with installed_rank 5 from table"
                                + " flyway_schema_history",
                        "unreadable: main/old_typo: a row of table flyway_schema_history must be corrected: Version may only"
                                + " contain 0..9 and . (dot). Invalid version: two; correct this, and"
                                + " run this again",
                        "refused: main/old_umbrella: it belongs to role postgres, and the worker's role is no member of it:"
                                + " migrations would fail; GRANT postgres to the worker's role, or ALTER SCHEMA ... OWNER TO it",
                        "refused: main/old_undone: its history has rows of `flyway undo` (gone.sql in row 3), which the edition of"
                                + " Flyway in Tenantry cannot read: if the home is without what they undid, remove them together with"
                                + " the rows that they undid, by DELETE FROM \"old_undone\".\"flyway_schema_history\" WHERE"
                                + " installed_rank IN (2, 3); its version is then 1",
                        "refused: main/old_unsure: the history of schema old_unsure has no checksum of V2__invoice.sql (version 2),"
                                + " so nothing says whether the script is the one that was applied; nothing was done: if it is,"
                                + " `flyway repair` writes the checksum",
                        "unreadable: main/old_untold: a row of table flyway_schema_history must be corrected: its type is null;"
                                + " correct this, and run this again",
                        look.lines().get(18),
                        "unknown-version: main/old_wonka: nothing says at which version it is: give --baseline-version, or leave it out"
                                + " if it is no tenant's");
        assertThat(look.lines().get(18))
                .startsWith(
                        "refused: main/old_wayne: V2__invoice.sql (version 2) was changed after it was applied to schema");
        assertThat(look.err())
                .contains("20 homes: 3 adoptable, 1 unknown-version, 13 refused, 3 unreadable; nothing was written")
                .contains("--pattern is not databases.users.location, users_{tenant}: ")
                .contains("adopt them with: tenantry adopt --database users --pattern 'old_{tenant}' --config ")
                .contains(" --yes");
        assertThat(deployment.query(MARKS)).containsExactly("old_lumon");
        assertThat(deployment.queryRegistry(HOMES)).hasSize(1);

        assertThat(adopt("--yes").lines())
                .contains(
                        "adopted: main/old_acme: tenant acme, version 2 (flyway_schema_history)",
                        "adopted: main/old_globex: tenant globex, version 1 (flyway_schema_history)");

        assertThat(deployment.query(MARKS)).containsExactly("old_acme", "old_deleted", "old_globex", "old_lumon");
        assertThat(deployment.queryRegistry(HOMES))
                .containsExactly(
                        "acme users main old_acme 2 known",
                        "deleted users main old_deleted 2 known",
                        "globex users main old_globex 1 known",
                        "stark users main users_stark");
        assertThat(adopt("--yes").err()).contains("20 homes: 3 known, 1 unknown-version, 13 refused, 3 unreadable");
        assertThat(deployment.queryRegistry("SELECT count(*) FROM tenantry.worker"))
                .as("leases are given back")
                .containsExactly("0");
    }

    /** It says no more than --baseline-version does: nobody has seen that the home has what the version has. */
    @Test
    void aHomeOfWhichFlywaysBaselineAloneSpeaksIsCompared() throws Exception {
        for (String[] home :
                new String[][] {{"old_acme", "2", "2"}, {"old_globex", "2", "0"}, {"old_hooli", "1", "2"}}) {
            byFlyway(home[0], home[1]);
            deployment.execute(("DELETE FROM %1$s.flyway_schema_history WHERE version = '2';"
                            + " UPDATE %1$s.flyway_schema_history SET version = '%2$s', type = 'BASELINE', checksum = NULL,"
                            + " description = '<< Flyway Baseline >>', script = '<< Flyway Baseline >>' WHERE version = '1'")
                    .formatted(home[0], home[2]));
        }

        CommandLineRun look = adopt("--yes");
        assertThat(look.lines())
                .filteredOn(line -> !line.startsWith(" "))
                .containsExactlyInAnyOrder(
                        "adopted: main/old_acme: tenant acme, version 2 (flyway_schema_history, a baseline alone)",
                        "different: main/old_globex: 2 differences from version 0 (flyway_schema_history, a baseline alone),"
                                + " nothing was touched",
                        "different: main/old_hooli: 1 difference from version 2 (flyway_schema_history, a baseline alone), nothing"
                                + " was touched");
        assertThat(look.out()).contains("missing table invoice", "extra table invoice");
        assertThat(deployment.query("SELECT type FROM old_acme.flyway_schema_history ORDER BY 1"))
                .as("not stamped once more")
                .containsExactly("BASELINE", "SCHEMA");

        deployment.executeInRegistry("DELETE FROM tenantry.tenant");
        deployment.executeAsWorker("ALTER TABLE old_acme.invoice ADD by_hand int");
        assertThat(adopt("--yes").lines())
                .as("a marked home was compared when it got its mark; drift is for what came later")
                .contains("adopted: main/old_acme: tenant acme, version 2 (flyway_schema_history)");
    }

    /** Its revision and its changes come with one commit, so what is seen before that commit may be wrong a moment later. */
    @Test
    void aHomeInWhichTheOtherToolIsAtWorkIsLeftAlone() throws Exception {
        String alembic =
                "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES"
                        + " ('aa2')";
        made("old_acme", 2, alembic);
        made("old_globex", 2, alembic);
        made("old_hooli", 2, alembic);
        CommandLineRun run;
        try (HomeSession other = HomeSession.open(server, TenantHome.inSchema("hooli", "users", "main", "old_hooli"));
                Connection tool = server.connection();
                Statement statement = tool.createStatement()) {
            assertThat(other.tryLock()).isPresent();
            tool.setAutoCommit(false);
            statement.execute("UPDATE old_acme.alembic_version SET version_num = 'aa3'");
            run = adopt("--map", "aa2=2", "--yes");
            tool.rollback();
        }

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.lines())
                .anySatisfy(line -> assertThat(line)
                        .startsWith("unreadable: main/old_acme: ")
                        .contains("lock timeout"))
                .contains(
                        "unreadable: main/old_hooli: another session works on it now; nothing was written: run this again")
                .contains("adopted: main/old_globex: tenant globex, version 2 (alembic_version aa2, by --map)");
        assertThat(deployment.query(MARKS)).containsExactly("old_globex");
        assertThat(deployment.query("SELECT to_regclass('old_acme.flyway_schema_history')"))
                .containsExactly("null");
        assertThat(adopt("--map", "aa2=2", "--yes").err()).contains("3 homes: 2 adopted, 1 known");
    }

    @Test
    void endsAfterTheHomesThatItIsAtAndTheNextRunAdoptsTheOthers() throws Exception {
        int homes = 12;
        for (int home = 0; home < homes; home++) {
            made("old_%02d".formatted(home), 2, "CREATE TABLE alembic_version AS SELECT 'aa2' AS version_num");
        }
        deployment.with("worker.lock-timeout", "60s");
        String registered = "SELECT tenant FROM tenantry.tenant_home ORDER BY 1";
        AppProcess process;
        try (Connection first = deployment.connect();
                Connection others = deployment.connect()) {
            block(first, List.of("old_00"));
            block(others, List.of("old_01", "old_02", "old_03"));
            process = deployment.startCommand(
                    "adopt", "--database", "users", "--pattern", "old_{tenant}", "--map", "aa2=2", "--yes");
            Await.until(
                    DEADLINE,
                    "each of its connections is at a home",
                    () -> deployment.query(BLOCKED).size() == 4);

            process.signal(Signal.INT);
            process.awaitOutput("another Ctrl-C ends it at once");
            first.rollback();
            Await.until(
                    DEADLINE,
                    "what it has done is registered before it ends",
                    () -> deployment.queryRegistry(registered).contains("00"));
            others.rollback();
        }

        assertThat(process.awaitExit()).isEqualTo(130);
        int adopted = deployment.queryRegistry(registered).size();
        assertThat(adopted).isBetween(4, homes - 1);
        assertThat(deployment.query(MARKS)).hasSize(adopted);
        assertThat(process.output())
                .contains(adopted + " homes: " + adopted + " adopted")
                .last()
                .asString()
                .startsWith("tenantry: interrupted after " + adopted
                        + " of 12 homes; the others were not looked at. Go on: ")
                .contains("adopt --database users --pattern 'old_{tenant}' --map 'aa2=2' --config ")
                .endsWith(" --yes");
        assertThat(adopt("--map", "aa2=2", "--yes").err())
                .contains("12 homes: " + (homes - adopted) + " adopted, " + adopted + " known");
    }

    /** Keeps others from the versions of homes until it is rolled back. */
    private static void block(Connection connection, List<String> schemas) throws Exception {
        connection.setAutoCommit(false);
        for (String schema : schemas) {
            Sql.execute(connection, "LOCK TABLE " + schema + ".alembic_version IN EXCLUSIVE MODE");
        }
    }

    @Test
    void goesOnWhereAnEarlierRunWasEndedAndForgetsOnlyTheRegistrysRows() throws Exception {
        byFlyway("old_acme", "2");
        byFlyway("old_globex", "2");
        assertThat(adopt("--yes").status()).isZero();
        // As if it had been killed between the mark and the row.
        deployment.executeInRegistry("DELETE FROM tenantry.tenant WHERE tenant = 'acme'");

        assertThat(adopt().err())
                .as("another registry may have it")
                .contains("1 home had the mark already, and the registry did not know them: an earlier run was ended");
        assertThat(adopt("--yes", "--json").json())
                .extracting(home ->
                        home.get("tenant").textValue() + " " + home.get("state").textValue() + " "
                                + home.get("version").textValue())
                .containsExactlyInAnyOrder("acme adopted 2", "globex known 2");
        assertThat(CommandLineRun.on(deployment, "registry", "rebuild").err())
                .contains("2 homes compared: no difference");

        deployment.executeInRegistry(
                "INSERT INTO tenantry.drift_home (shared, key, database, state) VALUES (false, 'acme',"
                        + " 'users', 'clean'); INSERT INTO tenantry.placement (tenant, database, server) VALUES ('acme', 'users', 'main'),"
                        + " ('failed', 'users', 'main')");
        new RolloutRows(deployment).sent("globex", "one");
        CommandLineRun look = forget("acme", "globex", "nobody");
        assertThat(look.lines())
                .containsExactly(
                        "would be forgotten: acme, users main/old_acme",
                        "refused: globex: rollout spring has it: wait for its end, or give it up with `tenantry rollout abort"
                                + " spring`",
                        "refused: nobody: it is not registered");
        assertThat(look.status()).isEqualTo(1);
        assertThat(deployment.queryRegistry(HOMES)).hasSize(2);
        assertThat(CommandLineRun.on(deployment, "tenants", "--json", "forget", "acme")
                        .status())
                .as("an option that would be lost")
                .isEqualTo(2);
        assertThat(forget("acme", "failed", "--yes").lines())
                .containsExactly("forgotten: acme, users main/old_acme", "forgotten: failed, without a home");
        assertThat(deployment.queryRegistry(
                        "SELECT tenant FROM tenantry.tenant UNION ALL SELECT key FROM tenantry.drift_home"
                                + " UNION ALL SELECT tenant FROM tenantry.placement"))
                .containsExactly("globex");
        assertThat(deployment.query(MARKS)).as("marks stay").containsExactly("old_acme", "old_globex");
        assertThat(adopt("--yes").err()).contains("2 homes: 1 adopted, 1 known");
    }

    /** The tables of the other tools are here as their documentation has them; {@code AlembicFleetIT} meets a real one. */
    @Test
    void comparesWhatOtherToolsHaveMadeAndGivesAHistoryToWhatMatchesOnly() throws Exception {
        deployment
                .database("users")
                .with(
                        "V3__state.sql",
                        "ALTER TABLE invoice ADD COLUMN state varchar(9) CONSTRAINT state_known CHECK (state IN ('open',"
                                + " 'paid'));")
                .with("R__overview.sql", "CREATE OR REPLACE VIEW overview AS SELECT id, cents FROM invoice;");
        made(
                "old_alembic",
                2,
                "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO"
                        + " alembic_version VALUES ('aa2')");
        made(
                "old_branched",
                2,
                "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO"
                        + " alembic_version VALUES ('aa2'), ('zz9')");
        made(
                "old_closed",
                2,
                "CREATE TABLE alembic_version (version_num varchar(32)); REVOKE ALL ON alembic_version FROM current_user");
        made(
                "old_dirty",
                2,
                "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations"
                        + " VALUES (12, true)");
        made(
                "old_django",
                3,
                "CREATE TABLE django_migrations (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, app"
                        + " varchar(255), name varchar(255), applied timestamptz); INSERT INTO django_migrations (app, name) VALUES"
                        + " ('shop', '0001_initial'), ('shop', '0003_paid'), ('auth', '0001_initial')");
        made(
                "old_ecto",
                2,
                "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp(0)); INSERT INTO"
                        + " schema_migrations VALUES (9), (20260202)");
        made(
                "old_liquibase",
                1,
                "CREATE TABLE databasechangelog (id varchar(255), author varchar(255), filename varchar(255),"
                        + " orderexecuted int, exectype varchar(10), tag varchar(255)); INSERT INTO databasechangelog VALUES ('1', 'ann',"
                        + " 'db.xml', 1, 'EXECUTED', 'v1'), ('2', 'ann', 'db.xml', 2, 'FAILED', 'v2'); CREATE TABLE databasechangeloglock"
                        + " (id int PRIMARY KEY, locked boolean); INSERT INTO databasechangeloglock VALUES (1, false)");
        made(
                "old_locked",
                1,
                "CREATE TABLE databasechangeloglock (id int PRIMARY KEY, locked boolean); INSERT INTO"
                        + " databasechangeloglock VALUES (1, true)");
        made(
                "old_migrate",
                2,
                "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations"
                        + " VALUES (20260202, false)");
        made(
                "old_null",
                2,
                "CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES (NULL)");
        made(
                "old_rails",
                2,
                "CREATE TABLE schema_migrations (version varchar PRIMARY KEY); CREATE TABLE ar_internal_metadata"
                        + " (key varchar PRIMARY KEY, value varchar); INSERT INTO schema_migrations VALUES ('20260101'), ('20260202')");
        made(
                "old_strange",
                2,
                "CREATE TABLE schema_migrations (id int, name text); CREATE TABLE alembic_version (version int); CREATE TABLE"
                        + " databasechangelog (id int)");
        made("old_taken", 2, "CREATE VIEW flyway_schema_history AS SELECT 1 AS version");
        made("old_viewed", 2, "CREATE VIEW overview AS SELECT id, cents FROM invoice");
        made(
                "old_wrong",
                2,
                "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO"
                        + " alembic_version VALUES ('aa2'); DROP INDEX invoice_account_idx; ALTER TABLE account ADD COLUMN note text");
        String[] options = {
            "--map",
            "aa2=2",
            "--map",
            "shop.0001_initial=1",
            "--map",
            "shop.0003_paid=3",
            "--map",
            "v1=1",
            "--map",
            "v2=2",
            "--map",
            "20260202=2"
        };

        CommandLineRun look = adopt(options);

        assertThat(look.lines())
                .containsExactly(
                        "adoptable: main/old_alembic: tenant alembic, version 2 (alembic_version aa2, by --map)",
                        "unknown-version: main/old_branched: alembic_version has several heads, aa2 and zz9, and --map does not have"
                                + " zz9: give --map zz9=VERSION, or --baseline-version; it is compared with the highest of the"
                                + " versions of its heads",
                        "unreadable: main/old_closed: the worker's role may not read alembic_version, which says at which version it"
                                + " is: GRANT SELECT ON \"old_closed\".\"alembic_version\" to it, and run this again",
                        "refused: main/old_dirty: golang-migrate says that version 12 failed there (schema_migrations is dirty):"
                                + " finish or undo its work, and correct the table by `migrate force`",
                        "adoptable: main/old_django: tenant django, version 3 (django_migrations shop.0003_paid, by --map)",
                        "adoptable: main/old_ecto: tenant ecto, version 2 (schema_migrations 20260202, by --map)",
                        "adoptable: main/old_liquibase: tenant liquibase, version 1 (databasechangelog v1, by --map)",
                        "unreadable: main/old_locked: Liquibase has locked it (databasechangeloglock): run this again afterwards",
                        "adoptable: main/old_migrate: tenant migrate, version 2 (schema_migrations 20260202, by --map)",
                        "unknown-version: main/old_null: alembic_version has no row, so nothing says at which version it is: give"
                                + " --baseline-version",
                        "adoptable: main/old_rails: tenant rails, version 2 (schema_migrations 20260202, by --map)",
                        "unknown-version: main/old_strange: nothing says at which version it is (no known version table:"
                                + " alembic_version with the columns version; databasechangelog with the columns id; schema_migrations"
                                + " with the columns id, name): give --baseline-version, or leave it out if it is no tenant's",
                        "refused: main/old_taken: it has flyway_schema_history which is no ordinary table, and a history of Flyway"
                                + " needs this name: alter it to the columns that Flyway makes, or rename it",
                        "unknown-version: main/old_viewed: nothing says at which version it is: give --baseline-version, or leave"
                                + " it out if it is no tenant's",
                        "different: main/old_wrong: 2 differences from version 2 (alembic_version aa2, by --map), nothing was touched",
                        "  extra column account.note: text",
                        "  missing index invoice_account_idx on invoice: CREATE INDEX invoice_account_idx ON invoice USING btree"
                                + " (account)");
        assertThat(look.status()).isEqualTo(1);

        assertThat(adopt("--map", "aa2=2").out())
                .contains(
                        "version django_migrations shop.0003_paid, auth.0001_initial is: give --map REVISION=VERSION");

        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--baseline-version", "2", "--yes"));
        assertThat(adopt(all.toArray(String[]::new)).err())
                .contains("15 homes: 10 adopted, 1 different, 2 refused, 2 unreadable");

        assertThat(deployment.queryRegistry(HOMES))
                .containsExactly(
                        "alembic users main old_alembic 2",
                        "branched users main old_branched 2",
                        "django users main old_django 3",
                        "ecto users main old_ecto 2",
                        "liquibase users main old_liquibase 1",
                        "migrate users main old_migrate 2",
                        "null users main old_null 2",
                        "rails users main old_rails 2",
                        "strange users main old_strange 2",
                        "viewed users main old_viewed 2 known");
        assertThat(deployment.query(
                        "SELECT version_num FROM old_alembic.alembic_version UNION ALL SELECT concat_ws(' ', version,"
                                + " type, description) FROM old_viewed.flyway_schema_history"))
                .containsExactly("aa2", "2 BASELINE << Flyway Baseline >>", "SQL overview");
        assertThat(deployment.query("SELECT to_regclass('old_wrong.flyway_schema_history')"))
                .containsExactly("null");
        assertThat(deployment.query("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'tenantry_')"))
                .as("scratch homes")
                .isEmpty();
        CommandLineRun unknown = adopt("--baseline-version", "12");
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.err()).contains("have no version 12").contains("they have 1, 2, 3");
        CommandLineRun twice = adopt("--map", "aa2=2", "--map", "aa2=1");
        assertThat(twice.status()).isEqualTo(2);
        assertThat(twice.err()).contains("--map gives revision aa2 the versions 2 and 1: give it one");
        assertThat(adopt("--map", "aa2=").err()).contains("--map is aa2=; expected REVISION=VERSION");
        assertThat(adopt("--map", "db/a=b.xml::2::ann=2").err())
                .as("a revision with an equals sign")
                .contains("15 homes: 10 known, 1 unknown-version, 2 refused, 2 unreadable");
    }

    @Test
    void saysOnceIfOwnersAreAllThatDiffers() {
        deployment.execute("CREATE ROLE owner_of_old; GRANT owner_of_old TO " + deployment.workerRole());
        for (String home : List.of("old_acme", "old_globex")) {
            made(home, 2, "");
            deployment.execute("ALTER TABLE " + home + ".account OWNER TO owner_of_old");
        }
        String hint = "2 of the different homes differ in owners and privileges alone: ";
        CommandLineRun look = adopt("--baseline-version", "2");
        assertThat(look.lines())
                .contains("  changed owner of table account: owner_of_old here, " + deployment.workerRole()
                        + " in the reference");
        assertThat(look.err()).contains(hint);

        made("old_other", 2, "DROP TABLE invoice");
        assertThat(adopt("--baseline-version", "2").err()).as("not nearly all").doesNotContain(hint);
        deployment
                .with("databases.users.drift-exclude", "owner of *, privileges on *")
                .settingsFile();
        assertThat(adopt("--baseline-version", "2").err()).contains("3 homes: 2 adoptable, 1 different");
        deployment.execute("DROP OWNED BY owner_of_old CASCADE; DROP ROLE owner_of_old");
    }

    @Test
    void takesOverDatabasesOfTenants() {
        deployment.database("sales").withTwoTables().isolation(Isolation.DATABASE);
        String first = deployment.locationOf("sales", "acme");
        String second = deployment.locationOf("sales", "globex");
        for (String name : List.of(first, second)) {
            deployment.executeAsWorker("CREATE DATABASE " + name);
            deployment.executeAsWorker(name, String.join("; ", SCRIPTS.subList(0, 2)));
        }
        deployment.executeAsWorker(second, "CREATE SCHEMA more");
        String closed = deployment.locationOf("sales", "closed");
        deployment.executeAsWorker("CREATE DATABASE " + closed + " ALLOW_CONNECTIONS false");

        CommandLineRun run =
                CommandLineRun.on(deployment, "adopt", "--database", "sales", "--baseline-version", "2", "--yes");

        assertThat(run.lines())
                .containsExactlyInAnyOrder(
                        "adopted: main/" + first + ": tenant acme, version 2 (by --baseline-version)",
                        "different: main/" + second
                                + ": 1 difference from version 2 (by --baseline-version), nothing was touched",
                        "  extra schema more",
                        "unreadable: main/" + closed + ": FATAL: database \"" + closed
                                + "\" is not currently accepting connections; GRANT CONNECT ON DATABASE \"" + closed
                                + "\" to the worker's role, or ALTER DATABASE \"" + closed
                                + "\" ALLOW_CONNECTIONS true; leave it out if it is no tenant's");
        assertThat(deployment.query(
                        "SELECT datname || ': ' || shobj_description(oid, 'pg_database') FROM pg_database WHERE"
                                + " datname IN ('" + first + "', '" + second + "')"))
                .containsExactlyInAnyOrder(first + ": tenantry tenant=acme database=sales", "null");
        assertThat(deployment.queryRegistry(HOMES)).containsExactly("acme sales main " + first + " 2 known");
    }

    @Test
    void takesEachCharacterOfAPatternForItself() {
        String longest = "a".repeat(48);
        for (String schema :
                List.of("old_a\"\"b", "old_100%", "oldXacme", "old_x y", "old_" + longest, "old_b" + longest)) {
            deployment.executeAsWorker("CREATE SCHEMA \"" + schema + "\"");
        }

        assertThat(adopt().lines())
                .extracting(line -> line.replaceAll(": nothing says.*| is no name of a tenant .*", ""))
                .containsExactly(
                        "refused: main/old_100%: '100%'",
                        "refused: main/old_a\"b: 'a\"b'",
                        "unknown-version: main/old_" + longest,
                        "refused: main/old_b" + longest + ": 'b" + longest + "'",
                        "refused: main/old_x y: 'x y'");
        assertThat(adopt("--pattern", "{tenant}").lines())
                .as("PostgreSQL's own schemas are nobody's")
                .hasSize(6)
                .noneMatch(
                        line -> line.contains("pg_") || line.contains("information_schema") || line.contains("public"));
        for (String pattern : List.of("old", "old_%{tenant}", "{tenant}_{tenant}", "Old_{tenant}")) {
            CommandLineRun run = adopt("--pattern", pattern);
            assertThat(run.status()).as(pattern).isEqualTo(2);
            assertThat(run.err()).contains("--pattern is " + pattern + "; expected {tenant} once");
        }
    }

    @Test
    void saysWhichServerCannotBeUsed() {
        deployment
                .with("servers.other.url", "jdbc:postgresql://127.0.0.1:1/none")
                .with("servers.other.user", "nobody_here");
        for (String notOfTheDatabase : List.of("other", "unknown")) {
            CommandLineRun refused = adopt("--server", notOfTheDatabase);
            assertThat(refused.status()).isEqualTo(2);
            assertThat(refused.err())
                    .contains("database users is not on server " + notOfTheDatabase + "; it is on main");
        }
        assertThat(adopt("--server", "main").err()).contains("no schema or database is called old_{tenant}");
        CommandLineRun unknown = CommandLineRun.on(deployment, "adopt", "--database", "unknown");
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.err()).contains("database unknown is not configured; configured: users");
        deployment.with("servers.main.user", "nobody_here");

        CommandLineRun run = adopt("--baseline-version", "2");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains(
                        "server main cannot be used: FATAL: role \"nobody_here\" does not exist; check servers.main.url")
                .doesNotContain("migrations");
    }

    /** PostgreSQL counts here: it refuses one connection more. */
    @Test
    void staysBelowTheCapWhileItWorksAtSeveralHomes() throws Exception {
        deployment.database("sales").withTwoTables().isolation(Isolation.DATABASE);
        deployment.with("servers.main.max-connections", "2").withOwnRole();
        deployment.settingsFile();
        deployment.execute("ALTER ROLE " + deployment.workerRole() + " CONNECTION LIMIT 2");
        for (int home = 0; home < 8; home++) {
            made("old_t" + home, 2, "");
        }
        for (String tenant : List.of("a", "b", "c", "d")) {
            String name = deployment.locationOf("sales", tenant);
            deployment.executeAsWorker("CREATE DATABASE " + name);
            deployment.executeAsWorker(name, String.join("; ", SCRIPTS.subList(0, 2)));
        }

        assertThat(adopt("--baseline-version", "2").err()).contains("8 homes: 8 adoptable");
        assertThat(adopt("--baseline-version", "2", "--yes").err()).contains("8 homes: 8 adopted");
        assertThat(CommandLineRun.on(deployment, "adopt", "--database", "sales", "--baseline-version", "2", "--yes")
                        .err())
                .contains("4 homes: 4 adopted");
    }

    /** A table of versions outside of all homes: the tool was told to use one for all tenants. */
    @Test
    void namesAVersionTableThatAllTenantsShare() {
        deployment.database("sales").withTwoTables();
        deployment.database("old_common").withTwoTables().isolation(Isolation.SHARED);
        made("old_acme", 2, "");
        made("old_common", 2, "");
        made("old_globex", 2, "CREATE TABLE other (id int)");
        deployment.execute("CREATE TABLE public.alembic_version (version_num varchar(32) PRIMARY KEY);"
                + " CREATE TABLE public.flyway_schema_history (id int); CREATE SCHEMA sales_acme; CREATE TABLE"
                + " sales_acme.schema_migrations (version text)");
        String named = "public.alembic_version is outside of the homes, and none of them has such a table: if all";

        assertThat(adopt("--map", "aa2=2").err())
                .contains(named, "public.flyway_schema_history is outside")
                .as("of another database's tenants")
                .doesNotContain("sales_acme");
        deployment.executeAsWorker("CREATE TABLE old_globex.alembic_version (version_num text)");
        assertThat(adopt("--map", "aa2=2").err())
                .as("a home has its own")
                .contains("public.flyway_schema_history is outside")
                .doesNotContain("public.alembic_version");
        deployment.executeAsWorker("DROP TABLE old_globex.alembic_version");
        assertThat(adopt("--baseline-version", "2", "--yes").err())
                .as("without the shared schema")
                .contains("2 homes: 1 adopted, 1 different");
        assertThat(adopt("--baseline-version", "2").err())
                .as("also when some homes have a history of their own")
                .contains(named, "public.flyway_schema_history is outside");
        deployment.execute("DROP SCHEMA old_globex CASCADE");
        assertThat(adopt("--baseline-version", "2").err())
                .as("no home is left to be adopted")
                .doesNotContain("is outside");
    }

    @Test
    void leavesToAnotherDatabaseWhatIsItsByNameOrMark() {
        deployment.database("sales").withTwoTables();
        deployment.with("databases.sales.location", "old_s_{tenant}");
        made("old_acme", 2, "");
        made("old_s_acme", 2, "");
        made("old_s_globex", 2, "COMMENT ON SCHEMA old_s_globex IS 'tenantry tenant=s_globex database=users'");
        String mark = "refused: main/%s: it has the mark of another home, \"tenantry tenant=%s database=users\"";

        assertThat(adopt("--baseline-version", "2", "--yes").lines())
                .containsExactlyInAnyOrder(
                        "adopted: main/old_acme: tenant acme, version 2 (by --baseline-version)",
                        "refused: main/old_s_acme: by its name it is tenant acme of database sales, old_s_{tenant}: adopt it"
                                + " there; if it is tenant s_acme of database users, mark it so, and run this again: COMMENT ON"
                                + " SCHEMA \"old_s_acme\" IS 'tenantry tenant=s_acme database=users'",
                        "adopted: main/old_s_globex: tenant s_globex, version 2 (by --baseline-version)");
        assertThat(adoptSales().lines())
                .contains("adopted: main/old_s_acme: tenant acme, version 2 (by --baseline-version)")
                .anyMatch(globex -> globex.startsWith(mark.formatted("old_s_globex", "s_globex")));

        forget("acme", "--yes");
        assertThat(adoptSales("--pattern", "old_{tenant}").lines())
                .anyMatch(acme -> acme.startsWith(mark.formatted("old_acme", "acme")));
        deployment.execute("COMMENT ON SCHEMA old_acme IS NULL");
        assertThat(adoptSales("--pattern", "old_{tenant}").lines())
                .contains("adopted: main/old_acme: tenant acme, version 2 (flyway_schema_history, a baseline alone)");
        assertThat(deployment.queryRegistry(HOMES))
                .containsExactly("acme sales main old_acme 2 known", "s_globex users main old_s_globex 2 known");
    }

    @Test
    void leavesATenantWhereASignupMakesItsHomeMeanwhile() {
        made("old_acme", 2, "");
        made("old_late", 2, "");
        made("old_open", 2, "");
        deployment.executeInRegistry("INSERT INTO tenantry.placement VALUES ('open', 'users', 'second');"
                + " CREATE FUNCTION tenantry.signup() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO"
                + " tenantry.tenant_home (tenant, database, server, location) VALUES (NEW.tenant, 'users', 'second',"
                + " 'users_late'); RETURN NULL; END $$; CREATE TRIGGER signup AFTER INSERT ON tenantry.tenant FOR EACH ROW WHEN"
                + " (NEW.tenant = 'late') EXECUTE FUNCTION tenantry.signup()");

        assertThat(adopt("--baseline-version", "2", "--yes").lines())
                .containsExactlyInAnyOrder(
                        "adopted: main/old_acme: tenant acme, version 2 (by --baseline-version)",
                        "refused: main/old_late: tenant late is registered at second/users_late meanwhile, and stays there: this"
                                + " one has the mark now, so correct its comment",
                        "refused: main/old_open: a signup of tenant open makes its home on server second: wait for its end, or,"
                                + " if it was given up, run `tenantry tenants forget open`");
        assertThat(deployment.queryRegistry(HOMES))
                .containsExactly("acme users main old_acme 2 known", "late users second users_late");
        assertThat(deployment.query(MARKS)).containsExactly("old_acme", "old_late");
    }

    private CommandLineRun adoptSales(String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("adopt", "--database", "sales", "--baseline-version", "2", "--yes"));
        arguments.addAll(List.of(options));
        return CommandLineRun.on(deployment, arguments.toArray(String[]::new));
    }

    /** As another tool makes it, with the scripts of the migrations up to a version. */
    private void made(String schema, int version, String more) {
        deployment.executeAsWorker("CREATE SCHEMA " + schema + "; SET search_path TO " + schema + "; "
                + String.join("; ", SCRIPTS.subList(0, version)) + "; " + more);
    }

    private CommandLineRun adopt(String... options) {
        List<String> arguments = new ArrayList<>(List.of("adopt", "--database", "users"));
        if (!List.of(options).contains("--pattern")) {
            arguments.addAll(List.of("--pattern", "old_{tenant}"));
        }
        arguments.addAll(List.of(options));
        return CommandLineRun.on(deployment, arguments.toArray(String[]::new));
    }

    private CommandLineRun forget(String... arguments) {
        List<String> all = new ArrayList<>(List.of("tenants", "forget"));
        all.addAll(List.of(arguments));
        return CommandLineRun.on(deployment, all.toArray(String[]::new));
    }

    /** As an application makes it that runs Flyway itself. */
    private void byFlyway(String schema, String target) throws Exception {
        TenantHome home = TenantHome.inSchema("any", "users", "main", schema);
        try (HomeSession session = HomeSession.open(server, home)) {
            session.changed();
            FlywayEngine.configure(catalog.sources(), session.connection(), home)
                    .createSchemas(true)
                    .target(target)
                    .load()
                    .migrate();
        }
    }
}

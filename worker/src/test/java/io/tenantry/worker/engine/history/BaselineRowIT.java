package io.tenantry.worker.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.plan.HistoryStamp;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.HomeSession;
import java.util.Arrays;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Homes whose history has rows that no script has left: that of {@code flyway baseline}, and those of {@code flyway repair}. */
class BaselineRowIT {
    private static final String ROWS =
            "SELECT concat_ws('|', installed_rank, version, description, type, script, coalesce(checksum::text, 'none'),"
                    + " installed_by, execution_time, success) FROM tenant_%s.flyway_schema_history ORDER BY installed_rank";
    private static final String TABLE =
            "SELECT concat_ws('|', attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)) FROM"
                    + " pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE attrelid ="
                    + " 'tenant_%1$s.flyway_schema_history'::regclass AND attnum > 0 UNION ALL SELECT replace(indexdef, '%1$s',"
                    + " '') FROM pg_indexes WHERE schemaname = 'tenant_%1$s' AND tablename = 'flyway_schema_history' ORDER BY 1";
    /** What Flyway leaves where it has made the schema itself. */
    private static final String SCHEMA_ROW =
            "INSERT INTO tenant_%1$s.flyway_schema_history VALUES (0, NULL, '<< Flyway Schema Creation >>', 'SCHEMA',"
                    + " '\"tenant_%1$s\"', NULL, current_user, now(), 0, true)";

    private EngineFixture engine;

    @BeforeEach
    void start() throws Exception {
        engine = new EngineFixture();
        engine.with("V1__a.sql", "CREATE TABLE a (id int);")
                .with("V2__b.sql", "CREATE TABLE b (id int);")
                .with("V3__c.sql", "CREATE TABLE c (id int);")
                .with("V4__d.sql", "ALTER TABLE a ADD COLUMN name text;");
    }

    @AfterEach
    void stop() throws Exception {
        engine.close();
    }

    @Test
    void isUpgradedByPlanAndFlywayFindsNothingToComplainAbout() throws Exception {
        MigrationCatalog catalog = engine.proven();
        baseline("byflyway", catalog, "2");
        stamp("stamped", "2");
        baseline("schemarow", catalog, "2");
        engine.execute(SCHEMA_ROW.formatted("schemarow"));

        assertThat(engine.query(ROWS.formatted("stamped")))
                .isEqualTo(engine.query(ROWS.formatted("byflyway")))
                .hasSize(1);
        assertThat(engine.query(TABLE.formatted("stamped"))).isEqualTo(engine.query(TABLE.formatted("byflyway")));
        for (String tenant : List.of("stamped", "byflyway", "schemarow")) {
            assertThat(engine.upgradeByPlan(catalog, tenant, "3", null))
                    .as(tenant)
                    .isInstanceOfSatisfying(
                            PlanOutcome.Done.class,
                            done -> assertThat(done.result())
                                    .isEqualTo(new MigrationResult.Migrated(
                                            "2",
                                            "3",
                                            List.of("3"),
                                            catalog.versionFingerprints()
                                                    .byVersion()
                                                    .get("3"))));
            assertThat(engine.upgradeByPlan(catalog, tenant, "latest", "3"))
                    .as("the registered version is right, and its history is not the usual one")
                    .isInstanceOf(PlanOutcome.Done.class);
            assertThat(engine.validate(catalog, tenant, "latest").validationSuccessful)
                    .as(tenant)
                    .isTrue();
        }
        engine.byFlyway(catalog, "stamped", "latest");
        assertThat(engine.query(ROWS.formatted("stamped"))).hasSize(3);
    }

    @Test
    void hasPendingWhatFlywayWouldApply() throws Exception {
        MigrationCatalog plain = engine.catalog();
        MigrationCatalog withBaseline = engine.with("B3__abc.sql", "CREATE TABLE a (id int);")
                .with("R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT 1;")
                .catalog();
        for (String version : List.of("1", "2.5", "4", "9")) {
            String tenant = "at" + version.replace('.', '_');
            baseline(tenant, plain, version);
            assertThat(pending(plain, tenant)).as("from %s on", version).isEqualTo(pendingByFlyway(plain, tenant));
            if (!version.equals("9")) {
                // Beyond the newest version a repeatable script of this release waits for the newer one.
                assertThat(pending(withBaseline, tenant))
                        .as("from %s on, with a baseline script", version)
                        .isEqualTo(pendingByFlyway(withBaseline, tenant));
            }
        }
        assertThat(pending(plain, "at1")).containsExactly("2", "3", "4");
        assertThat(pending(plain, "at9")).isEmpty();
    }

    @Test
    void leavesItToFlywayWhereTheBaselineIsNotTheBeginning() throws Exception {
        MigrationCatalog catalog = engine.catalog();
        engine.byFlyway(catalog, "acme", "2");
        engine.execute("UPDATE tenant_acme.flyway_schema_history SET type = 'BASELINE' WHERE version = '2'");

        assertThat(state(catalog, "acme")).isInstanceOf(MigrationState.Irregular.class);
    }

    @Test
    void countsScriptsThatRepairHasDeletedAsFlywayDoes() throws Exception {
        MigrationCatalog all = engine.with("R__v.sql", "CREATE OR REPLACE VIEW v AS SELECT 1;")
                .with("R__w.sql", "CREATE OR REPLACE VIEW w AS SELECT 1;")
                .catalog();
        engine.onboard(all, "acme");
        MigrationCatalog fewer = engine.without("V2__b.sql")
                .without("V4__d.sql")
                .without("R__v.sql")
                .catalog();
        assertThat(pending(fewer, "acme")).as("not repaired yet").isEmpty();
        assertThat(state(fewer, "acme")).isInstanceOf(MigrationState.Irregular.class);
        repair(fewer, "acme");

        assertThat(engine.query("SELECT type FROM tenant_acme.flyway_schema_history ORDER BY installed_rank"))
                .hasSize(9)
                .endsWith("DELETE", "DELETE", "DELETE");
        assertThat(state(fewer, "acme")).isInstanceOf(MigrationState.UpToDate.class);
        assertThat(version("acme")).isEqualTo("3").isEqualTo(versionByFlyway(fewer, "acme"));

        MigrationCatalog more = engine.with("V4__other.sql", "CREATE TABLE other (id int);")
                .with("V5__e.sql", "CREATE TABLE e (id int);")
                .with("R__v.sql", "CREATE OR REPLACE VIEW v AS SELECT 1;")
                .proven();
        assertThat(pending(more, "acme")).containsExactly("4", "5", "v").isEqualTo(pendingByFlyway(more, "acme"));
        assertThat(engine.upgradeByPlan(more, "acme", "latest", "3"))
                .isInstanceOfSatisfying(
                        PlanOutcome.Done.class,
                        done -> assertThat(done.result())
                                .isEqualTo(new MigrationResult.Migrated(
                                        "3",
                                        "5",
                                        List.of("4", "5", "v"),
                                        more.versionFingerprints().byVersion().get("5"))));
        assertThat(engine.validate(more, "acme", "latest").validationSuccessful).isTrue();

        MigrationCatalog again =
                engine.without("V4__other.sql").without("V5__e.sql").catalog();
        repair(again, "acme");
        assertThat(version("acme")).as("deleted again").isEqualTo("3").isEqualTo(versionByFlyway(again, "acme"));
        assertThat(pending(again, "acme")).isEqualTo(pendingByFlyway(again, "acme"));

        engine.execute(
                "INSERT INTO tenant_acme.flyway_schema_history SELECT installed_rank + 100, version, description, type,"
                        + " script, checksum, installed_by, installed_on, execution_time, success FROM"
                        + " tenant_acme.flyway_schema_history WHERE type = 'DELETE' AND version = '5'");
        assertThat(state(again, "acme")).as("Flyway calls it corrupted").isInstanceOf(MigrationState.Irregular.class);
    }

    private void repair(MigrationCatalog catalog, String tenant) throws Exception {
        try (HomeSession session = HomeSession.open(engine.server(), engine.home(tenant))) {
            session.changed();
            FlywayEngine.configure(catalog.sources(), session.connection(), session.home())
                    .ignoreMigrationPatterns(new String[0])
                    .load()
                    .repair();
        }
    }

    private String version(String tenant) throws Exception {
        try (HomeSession session = HomeSession.open(engine.server(), engine.home(tenant))) {
            return String.valueOf(
                    History.of(session.connection(), session.home().schema()).version());
        }
    }

    private String versionByFlyway(MigrationCatalog catalog, String tenant) throws Exception {
        try (HomeSession session = HomeSession.open(engine.server(), engine.home(tenant))) {
            return String.valueOf(flyway(catalog, session, "1").info().current().getVersion());
        }
    }

    private void baseline(String tenant, MigrationCatalog catalog, String version) throws Exception {
        try (HomeSession session = session(tenant)) {
            flyway(catalog, session, version).baseline();
        }
    }

    private void stamp(String tenant, String version) throws Exception {
        try (HomeSession session = session(tenant)) {
            Sql.execute(session.connection(), HistoryStamp.sql(session.home(), History.baseline(version)));
        }
    }

    /** The schema with what another tool has made there. */
    private HomeSession session(String tenant) throws Exception {
        HomeSession session = HomeSession.open(engine.server(), engine.home(tenant));
        String schema = session.home().schema();
        Sql.execute(
                session.connection(),
                "CREATE SCHEMA " + schema + "; " + session.home().markSql() + "; CREATE TABLE " + schema
                        + ".a (id int); CREATE TABLE " + schema + ".b (id int)");
        return session;
    }

    private static Flyway flyway(MigrationCatalog catalog, HomeSession session, String version) {
        session.changed();
        return FlywayEngine.configure(catalog.sources(), session.connection(), session.home())
                .baselineVersion(version)
                .load();
    }

    private MigrationState state(MigrationCatalog catalog, String tenant) throws Exception {
        try (HomeSession session = HomeSession.open(engine.server(), engine.home(tenant))) {
            return MigrationState.of(
                    catalog.migrationsFor(session.home()),
                    History.of(session.connection(), session.home().schema()),
                    null,
                    false);
        }
    }

    private List<String> pending(MigrationCatalog catalog, String tenant) throws Exception {
        return state(catalog, tenant) instanceof MigrationState.Behind behind
                ? behind.pending().stream().map(Migration::name).toList()
                : List.of();
    }

    private List<String> pendingByFlyway(MigrationCatalog catalog, String tenant) throws Exception {
        try (HomeSession session = HomeSession.open(engine.server(), engine.home(tenant))) {
            return Arrays.stream(flyway(catalog, session, "1").info().pending())
                    .map(BaselineRowIT::name)
                    .toList();
        }
    }

    private static String name(MigrationInfo info) {
        return info.getVersion() == null
                ? info.getDescription()
                : info.getVersion().getVersion();
    }
}

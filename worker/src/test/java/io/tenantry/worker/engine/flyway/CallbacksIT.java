package io.tenantry.worker.engine.flyway;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.history.MigrationResult;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callbacks belong to a migration, and a home that has all of them is not migrated. */
class CallbacksIT {
    private EngineFixture engine;

    @BeforeEach
    void start() throws Exception {
        engine = new EngineFixture();
        engine.with("V1__calls.sql", "CREATE TABLE calls (name text);")
                .with("beforeMigrate.sql", "CREATE TABLE IF NOT EXISTS begun (n int); INSERT INTO begun VALUES (1);")
                .with("afterMigrate__note.SQL", "INSERT INTO calls VALUES ('afterMigrate');")
                .with("beforeEachMigrate.sql", "INSERT INTO begun VALUES (2);");
    }

    @AfterEach
    void stop() throws Exception {
        engine.close();
    }

    @Test
    void runWithMigrationsAndNotWithoutThem() throws Exception {
        MigrationCatalog first = engine.proven();
        engine.onboard(first, "acme");
        assertThat(calls()).containsExactly("1 1 1");

        for (MigrationCatalog each : List.of(first, first.with(Plans.NONE))) {
            assertThat(engine.upgrade(each, "acme", "latest", "1"))
                    .isEqualTo(new MigrationResult.Migrated("1", "1", List.of(), fingerprint(first, "1")));
        }
        assertThat(calls()).containsExactly("1 1 1");

        MigrationCatalog second =
                engine.with("V2__more.sql", "CREATE TABLE more (id int);").proven();
        engine.upgrade(second, "acme", "latest", "1");
        assertThat(calls()).containsExactly("2 2 2");
    }

    /** The home would be nobody's. */
    @Test
    void theMarkIsPutBackAfterOneThatSetsTheCommentOfTheSchema() throws Exception {
        engine.with("afterMigrate__note.SQL", "COMMENT ON SCHEMA ${schema} IS 'ours'");

        engine.onboard(engine.proven(), "acme");

        assertThat(engine.query("SELECT obj_description('tenant_acme'::regnamespace)"))
                .containsExactly(engine.home("acme").mark());
    }

    /** Flyway runs all scripts in one session, in which a callback may prepare something for them. */
    @Test
    void whatACallbackPreparesIsThereForAllScripts() throws Exception {
        engine.with("beforeMigrate.sql", "CREATE TEMP TABLE prepared AS SELECT 7 AS n; SET lock_timeout = '1234ms';")
                .without("beforeEachMigrate.sql")
                .without("afterMigrate__note.SQL")
                .with("V1__calls.sql", "CREATE TABLE calls AS SELECT n FROM prepared; SET lock_timeout = '9s';")
                .with("V2__index.sql", "CREATE INDEX CONCURRENTLY calls_n ON calls (n);")
                .with("V3__b.sql", "CREATE TABLE b AS SELECT n, current_setting('lock_timeout') AS wait FROM prepared;")
                .with("V4__c.sql", "CREATE TEMP TABLE c AS SELECT n FROM prepared;")
                .with("V5__d.sql", "CREATE TABLE d AS SELECT n FROM prepared;");

        MigrationCatalog catalog = engine.proven();

        assertThat(engine.onboard(catalog, "acme"))
                .isEqualTo(new MigrationResult.Migrated(
                        null, "5", List.of("1", "2", "3", "4", "5"), fingerprint(catalog, "5")));
        assertThat(engine.query("SELECT n || ' ' || wait FROM tenant_acme.b")).containsExactly("7 1234ms");
        assertThat(engine.query("SELECT n FROM tenant_acme.d")).containsExactly("7");
    }

    private static String fingerprint(MigrationCatalog catalog, String version) {
        return Objects.requireNonNull(catalog.versionFingerprints().byVersion().get(version));
    }

    /** How often each callback ran. */
    private List<String> calls() throws Exception {
        return engine.query(
                "SELECT concat_ws(' ', (SELECT count(*) FROM tenant_acme.calls), count(*) FILTER (WHERE n = 1),"
                        + " count(*) FILTER (WHERE n = 2)) FROM tenant_acme.begun");
    }
}

package io.tenantry.worker.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A home has the fingerprint of a version if it had all of it applied, by whatever way. */
class HomeFingerprintIT {
    private static final String HISTORY =
            "SELECT coalesce(version, description) FROM tenant_%s.flyway_schema_history ORDER" + " BY installed_rank";

    private EngineFixture engine;

    @BeforeEach
    void start() throws Exception {
        engine = new EngineFixture();
        engine.with("V1__a.sql", "CREATE TABLE a (id int);").with("V2__b.sql", "CREATE TABLE b (id int);");
    }

    @AfterEach
    void stop() throws Exception {
        engine.close();
    }

    /** Why repeatable scripts belong to the fingerprint of every version. */
    @Test
    void flywayAppliesRepeatableScriptsWhateverTheTarget() throws Exception {
        MigrationCatalog first = view("SELECT '${tenant}'");
        engine.byFlyway(first, "acme", "1");
        assertThat(engine.query(HISTORY.formatted("acme"))).containsExactly("1", "view");
        MigrationCatalog second = view("SELECT '${tenant}' AS name");

        engine.byFlyway(second, "acme", "1");

        assertThat(engine.query(HISTORY.formatted("acme"))).containsExactly("1", "view", "view");
        assertThat(upgrade(second, "acme", "1")).isEqualTo(of(second, "1")).isNotEqualTo(of(first, "1"));
        assertThat(engine.query(HISTORY.formatted("acme"))).hasSize(3);
        assertThat(upgrade(first, "globex", "1"))
                .as("the checksum in its history is another one, because of the placeholder")
                .isEqualTo(of(first, "1"));
        assertThat(engine.query(HISTORY.formatted("globex"))).containsExactly("1", "view");
        assertThat(upgrade(second, "globex", "1")).isEqualTo(of(second, "1"));
        assertThat(engine.query(HISTORY.formatted("globex"))).containsExactly("1", "view", "view");
        assertThat(upgrade(second, "globex", "latest")).isEqualTo(of(second, "2"));
    }

    @Test
    void byPlanAndByFlyway() throws Exception {
        MigrationCatalog older = engine.proven();
        MigrationCatalog newer =
                engine.with("V3__c.sql", "CREATE TABLE c (id int);").proven();
        assertThat(newer.plans().steps()).containsKeys("V1__a.sql", "V2__b.sql", "V3__c.sql");

        assertThat(fingerprint(engine.onboard(older, "acme"))).isEqualTo(of(older, "2"));
        assertThat(upgrade(older, "acme", "2")).as("nothing to do").isEqualTo(of(newer, "2"));
        assertThat(fingerprint(engine.upgrade(newer, "acme", "3", "2")))
                .as("without reading its history")
                .isEqualTo(of(newer, "3"));
        assertThat(upgrade(older, "acme", "latest"))
                .as("a newer release was there")
                .isNull();
        assertThat(upgrade(newer, "acme", "2")).as("it does not go back").isNull();
    }

    @Test
    void aLateScript() throws Exception {
        MigrationCatalog before = engine.catalog();
        String first = upgrade(before, "acme", "latest");
        assertThat(first).isEqualTo(of(before, "2"));
        MigrationCatalog after =
                engine.with("V1_5__late.sql", "CREATE TABLE late (id int);").catalog();

        assertThat(upgrade(after, "acme", "latest")).as("it is refused").isNull();
        assertThat(upgrade(after.outOfOrder(true), "acme", "2"))
                .isEqualTo(of(after, "2"))
                .isNotEqualTo(first);
        assertThat(upgrade(before, "acme", "latest")).as("it is not known").isNull();
    }

    @Test
    void aBaselineAndWhatItStandsFor() throws Exception {
        MigrationCatalog before = engine.catalog();
        assertThat(upgrade(before, "acme", "latest")).isEqualTo(of(before, "2"));
        MigrationCatalog after = engine.with("B2__base.sql", "CREATE TABLE a (id int); CREATE TABLE b (id int);")
                .with("V3__c.sql", "CREATE TABLE c (id int);")
                .catalog();

        assertThat(upgrade(after, "acme", "latest")).isEqualTo(of(after, "3"));
        assertThat(upgrade(after, "globex", "latest")).isEqualTo(of(after, "3"));
        assertThat(engine.query(HISTORY.formatted("acme"))).containsExactly("1", "2", "3");
        assertThat(engine.query(HISTORY.formatted("globex"))).containsExactly("2", "3");
    }

    @Test
    void whatCannotBeKnown() throws Exception {
        MigrationCatalog timed = view("SELECT '${flyway:timestamp}'");
        assertThat(upgrade(timed, "acme", "latest"))
                .as("it is applied at every time")
                .isNull();
        engine.without("R__view.sql");
        MigrationCatalog catalog = engine.catalog();
        assertThat(upgrade(catalog, "acme", "latest"))
                .as("a script that is gone is not missed by Flyway")
                .isEqualTo(of(catalog, "2"));
        engine.execute(
                "UPDATE tenant_acme.flyway_schema_history SET type = 'BASELINE', script = '<< Flyway Baseline >>',"
                        + " checksum = NULL WHERE version = '1'");
        assertThat(upgrade(catalog, "acme", "latest"))
                .as("a baseline by hand stands for what was there before")
                .isEqualTo(of(catalog, "2"));
    }

    private MigrationCatalog view(String query) throws IOException {
        return engine.with("R__view.sql", "DROP VIEW IF EXISTS v; CREATE VIEW v AS " + query + ";")
                .catalog();
    }

    private @Nullable String upgrade(MigrationCatalog catalog, String tenant, String target) throws SQLException {
        return fingerprint(engine.upgrade(catalog, tenant, target, null));
    }

    private static @Nullable String fingerprint(MigrationResult result) {
        return result instanceof MigrationResult.Migrated migrated ? migrated.fingerprint() : null;
    }

    private static String of(MigrationCatalog catalog, String version) {
        return Objects.requireNonNull(catalog.versionFingerprints().byVersion().get(version));
    }
}

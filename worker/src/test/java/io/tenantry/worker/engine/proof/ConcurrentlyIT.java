package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.plan.PlanOutcome;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody waits in a new home: what scripts make CONCURRENTLY is made there without that word, if it comes out the same. */
class ConcurrentlyIT {
    private static final String HISTORY =
            "SELECT concat_ws('|', installed_rank, version, description, type, script, checksum,"
                    + " success) FROM tenant_acme.flyway_schema_history ORDER BY installed_rank";

    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture();
        engine.with(
                        "V1__item.sql",
                        "CREATE TABLE item (id int PRIMARY KEY, name text); INSERT INTO item VALUES (1, 'a');")
                .with("V2__old_index.sql", "CREATE INDEX item_old ON item (name);");
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE INDEX CONCURRENTLY item_name ON item (name);",
                "create unique index /* quickly */ concurrently if not exists \"Item Name\" on ${schema}.item (name);",
                "CREATE INDEX CONCURRENTLY ON item (name);",
                "DROP INDEX CONCURRENTLY item_old;",
                "-- again\nDROP INDEX CONCURRENTLY IF EXISTS item_old; CREATE INDEX CONCURRENTLY item_old ON item (lower(name));",
                "-- executeInTransaction=false\nREINDEX INDEX CONCURRENTLY item_old;",
                "-- executeInTransaction=false\nREINDEX TABLE CONCURRENTLY item;",
                "-- executeInTransaction=false\nREINDEX (CONCURRENTLY) TABLE item;"
            })
    void aNewHomeIsMadeWithoutThatWord(String script) throws Exception {
        engine.with("V3__concurrently.sql", script).with("V4__b.sql", "CREATE TABLE b (id int);");
        if (script.startsWith("-- execute")) {
            engine.with("V3__concurrently.sql.conf", "executeInTransaction=false\n");
        }
        MigrationCatalog catalog = engine.proven();

        assertThat(engine.create(catalog, "acme")).isInstanceOf(PlanOutcome.Done.class);

        SchemaState ours = SchemaStates.of(engine, "acme");
        List<String> history = engine.query(HISTORY);
        assertThat(engine.query("SELECT DISTINCT xmin::text FROM tenant_acme.flyway_schema_history"))
                .as("transactions")
                .hasSize(1);
        assertThat(catalog.plans().steps()).as("for a home that is there").doesNotContainKey("V3__concurrently.sql");
        engine.execute("DROP SCHEMA tenant_acme CASCADE");
        engine.byFlyway(catalog, "acme", "latest");
        assertThat(ours.differences(SchemaStates.of(engine, "acme"), Set.of())).isEmpty();
        assertThat(history).isEqualTo(engine.query(HISTORY));
        assertThat(engine.validate(catalog, "acme", "latest").validationSuccessful)
                .isTrue();
    }

    @Test
    void aScriptThatItsConfigurationKeepsOutsideATransactionIsOneOfThem() throws Exception {
        engine.with(
                        "V3__concurrently.sql",
                        "UPDATE item SET name = 'b'; CREATE INDEX CONCURRENTLY item_name ON item (name);")
                .with("V3__concurrently.sql.conf", "executeInTransaction=false\n");

        MigrationCatalog catalog = engine.proven();

        assertThat(catalog.plans().outside()).containsOnlyKeys("V3__concurrently.sql");
        assertThat(engine.create(catalog, "acme")).isInstanceOf(PlanOutcome.Done.class);
        assertThat(engine.query("SELECT name FROM tenant_acme.item")).containsExactly("b");
    }

    @Test
    void aHomeThatIsThereIsStillIndexedConcurrently() throws Exception {
        engine.onboard(engine.proven(), "acme");
        engine.with("V3__concurrently.sql", "CREATE INDEX CONCURRENTLY item_name ON item (name);");
        MigrationCatalog catalog = engine.proven();

        assertThat(engine.upgradeByPlan(catalog, "acme", "latest", "2")).isInstanceOf(PlanOutcome.None.class);
        assertThat(engine.upgrade(catalog, "acme", "latest", "2")).isInstanceOf(MigrationResult.Migrated.class);
        assertThat(engine.query("SELECT indexname FROM pg_indexes WHERE indexname = 'item_name'"))
                .hasSize(1);
    }

    /** Without that word it would succeed where Flyway fails. */
    @ParameterizedTest
    @ValueSource(
            strings = {"CREATE INDEX CONCURRENTLY part_at ON part (at);", "DROP INDEX CONCURRENTLY part_pkey_like;"})
    void whereFlywayFailsANewHomeFailsToo(String script) throws Exception {
        engine.with(
                        "V3__part.sql",
                        "CREATE TABLE part (id int, at date) PARTITION BY RANGE (at);"
                                + " CREATE TABLE part_rest PARTITION OF part DEFAULT; CREATE INDEX part_pkey_like ON part (id);")
                .with("V4__index.sql", script);

        MigrationResult result = engine.onboard(engine.proven(), "acme");

        assertThat(result).isInstanceOfSatisfying(MigrationResult.Failed.class, failed -> {
            assertThat(failed.error().migration()).isEqualTo("V4__index.sql");
        });
    }
}

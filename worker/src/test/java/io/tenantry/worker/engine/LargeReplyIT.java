package io.tenantry.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.ReceiveBudget;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Scripts that send many rows or notices: the driver would keep all of them in memory. */
class LargeReplyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST = 1024 * 1024;

    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture(new ReceiveBudget(MOST, 64 * 1024));
        engine.with(
                "V1__order.sql",
                "CREATE TABLE orders (id int, note text); CREATE FUNCTION nothing(int) RETURNS void LANGUAGE sql AS '';"
                        + "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN RAISE INFO ''%'', NEW.id; RETURN NULL; END';"
                        + "CREATE PROCEDURE tell_all() LANGUAGE plpgsql AS"
                        + " 'DECLARE o int; BEGIN FOR o IN SELECT id FROM orders LOOP RAISE INFO ''%'', o; END LOOP; END';");
        engine.onboard(engine.proven(), "big");
        engine.onboard(engine.proven(), "acme");
        engine.execute("INSERT INTO tenant_big.orders SELECT n, repeat('x', 20) FROM generate_series(1, 200000) n");
        engine.execute("INSERT INTO tenant_acme.orders SELECT n, repeat('x', 20) FROM generate_series(1, 2000) n");
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    static Stream<Arguments> scripts() {
        String fromATrigger = "CREATE CONSTRAINT TRIGGER tell AFTER UPDATE ON orders DEFERRABLE INITIALLY DEFERRED"
                + " FOR EACH ROW EXECUTE FUNCTION tell(); UPDATE orders SET note = 'y';";
        String manyStatements = "SELECT id FROM orders WHERE id <= 8000;\n".repeat(16);
        return Stream.of(
                Arguments.of("rows of void", "by plan", "SELECT nothing(id) FROM orders;"),
                Arguments.of("rows without a column", "by Flyway", "SELECT FROM orders;"),
                Arguments.of("returned rows", "by plan", "UPDATE orders SET note = 'y' RETURNING id;"),
                Arguments.of("one value", "by plan", "SELECT string_agg(note, '') FROM orders;"),
                Arguments.of("many statements", "by plan", manyStatements),
                Arguments.of("many statements", "by Flyway", manyStatements),
                Arguments.of("notices at the commit", "by plan", fromATrigger),
                Arguments.of("notices at the commit", "by Flyway", fromATrigger),
                Arguments.of("notices", "by Flyway", "CALL tell_all();"),
                Arguments.of("notices", "outside a transaction", "CALL tell_all();"));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("scripts")
    void failTheirTenantAloneAndSayWhatToDo(String name, String way, String text) throws Exception {
        engine.with("V2__much.sql", text).with("V3__more.sql", "CREATE TABLE more ();");
        if (way.equals("outside a transaction")) {
            engine.with("V2__much.sql.conf", "executeInTransaction=false");
        }
        MigrationCatalog catalog = way.equals("by Flyway") ? engine.catalog() : engine.proven();
        assertThat(catalog.plans().steps().containsKey("V2__much.sql")).isEqualTo(way.equals("by plan"));
        VersionTracker tracker = new VersionTracker();

        assertThatThrownBy(() -> engine.upgrade(catalog, "big", "latest", "1", tracker))
                .satisfies(failure -> assertThat(SqlFailure.of(failure)).isEqualTo(SqlFailure.TRANSIENT))
                .hasMessageContaining("V2__much.sql")
                .hasMessageContaining("PERFORM");
        awaitNobodyAtWork();
        MigrationResult again = engine.upgrade(catalog, "big", "latest", "1", tracker);

        if (again instanceof MigrationResult.Migrated) {
            // The server was faster than the cancel.
            assertThat(engine.query("SELECT max(version::int) FROM tenant_big.flyway_schema_history"))
                    .containsExactly("3");
        } else {
            assertThat(again).isInstanceOfSatisfying(MigrationResult.Failed.class, failed -> {
                assertThat(failed.error().code()).isEqualTo(ErrorCode.MIGRATION_FAILED);
                assertThat(failed.error().migration()).isEqualTo("V2__much.sql");
                assertThat(failed.error().message()).contains("PERFORM", "notices");
                assertThat(failed.to()).isEqualTo("1");
            });
        }
        assertThat(engine.upgrade(catalog, "acme", "latest", "1"))
                .as("some thousand rows")
                .isInstanceOf(MigrationResult.Migrated.class);
    }

    private void awaitNobodyAtWork() {
        Await.until(
                PATIENCE,
                "the server has ended the session",
                () -> engine.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database ="
                                + " (SELECT oid FROM pg_database WHERE datname = current_database())")
                        .isEmpty());
    }

    @Test
    void aScriptThatSendsMuchInAnEmptyHomeCostsItsPlanAndThoseBehindIt() throws Exception {
        MigrationCatalog catalog = engine.with("V2__next.sql", "CREATE TABLE next ();")
                .with("V2_1__much.sql", "DO $$ BEGIN FOR n IN 1..50000 LOOP RAISE INFO '%', n; END LOOP; END $$;")
                .with("V3__last.sql", "CREATE TABLE last ();")
                .proven();

        assertThat(catalog.plans().steps()).containsOnlyKeys("V1__order.sql", "V2__next.sql");
        assertThat(engine.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenantry%'"))
                .isEmpty();
        assertThatThrownBy(() -> engine.onboard(catalog, "new")).hasMessageContaining("V2_1__much.sql");
    }

    @Test
    void aScriptThatSendsMuchWhereRowsAreCostsNoPlan() throws Exception {
        MigrationCatalog catalog = engine.with("V2__next.sql", "UPDATE orders SET note = 'x';")
                .with("V3__much.sql", "SELECT repeat('x', 2000000) FROM orders; UPDATE orders SET note = 'y';")
                .with("V4__last.sql", "UPDATE orders SET note = 'z';")
                .proven();

        assertThat(catalog.plans().steps())
                .containsOnlyKeys("V1__order.sql", "V2__next.sql", "V3__much.sql", "V4__last.sql");
        assertThat(catalog.plans().atOnce()).isTrue();
    }

    @Test
    void theSameMakesNoTemplateAndIsSaidOfNewDatabases() throws Exception {
        MigrationCatalog catalog = engine.with(
                        "V2__much.sql", "DO $$ BEGIN FOR n IN 1..50000 LOOP RAISE INFO '%', n; END LOOP; END $$;")
                .catalog();

        assertThatThrownBy(() -> new TemplateDatabase(engine.server(), catalog, "much sent").make())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageContaining("V2__much.sql")
                .hasMessageContaining("PERFORM");
    }

    @Test
    void aMigrationInJavaReadsAsMuchAsItLikesInPortions() throws Exception {
        MigrationCatalog catalog = engine.withJava(V2_2__Reads.class).proven();

        assertThat(engine.upgrade(catalog, "big", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);
    }

    @Test
    void severalThatReceiveMuchAtTheSameTimeTakeTurns() throws Exception {
        List<String> tenants = List.of("t1", "t2", "t3", "t4", "t5", "t6");
        for (String tenant : tenants) {
            engine.onboard(engine.catalog(), tenant);
            engine.execute("INSERT INTO tenant_" + tenant
                    + ".orders SELECT n, repeat('x', 20) FROM generate_series(1, 10000) n");
        }
        MigrationCatalog catalog =
                engine.with("V2__some.sql", "SELECT id, note FROM orders;").proven();

        List<CompletableFuture<MigrationResult>> upgrades = tenants.stream()
                .map(tenant -> CompletableFuture.supplyAsync(() -> {
                    try {
                        return engine.upgrade(catalog, tenant, "latest", "1");
                    } catch (Exception failure) {
                        throw new IllegalStateException(failure);
                    }
                }))
                .toList();

        assertThat(upgrades)
                .allSatisfy(upgrade -> assertThat(upgrade.join()).isInstanceOf(MigrationResult.Migrated.class));
    }
}

package io.tenantry.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.history.BusyException;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.postgres.connection.ReceiveBudget;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What counts as sent by a script, who waits for memory, and what is said of a script that sends too much. */
class SentByScriptsIT {
    private static final int MOST = 64 * 1024;
    private static final String ORDERS =
            "CREATE TABLE orders (id int, note text); INSERT INTO orders SELECT n, repeat('x', 50)"
                    + " FROM generate_series(1, 500) n;"
                    + "CREATE FUNCTION nothing(int) RETURNS void LANGUAGE sql AS '';";

    private @Nullable EngineFixture opened;

    private EngineFixture engine() {
        return Objects.requireNonNull(opened);
    }

    private EngineFixture open(ReceiveBudget budget) throws Exception {
        opened = new EngineFixture(budget);
        return engine();
    }

    @AfterEach
    void close() throws Exception {
        engine().close();
    }

    @Test
    void aSeedOfSingleInsertsSendsNothing() throws Exception {
        open(new ReceiveBudget(MOST, MOST / 2, 0, Duration.ofMillis(1))).with("V1__order.sql", ORDERS);
        engine().onboard(engine().catalog(), "planned");
        engine().onboard(engine().catalog(), "flyway");
        engine().with("V2__seed.sql", "INSERT INTO orders VALUES (1, 'a');\n".repeat(4500));
        MigrationCatalog proven = engine().proven();

        assertThat(proven.plans().steps()).containsKey("V2__seed.sql");
        assertThat(engine().upgrade(proven, "planned", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);
        assertThat(engine().upgrade(engine().catalog(), "flyway", "latest", "1"))
                .isInstanceOf(MigrationResult.Migrated.class);
    }

    @Test
    void aScriptThatFindsNoMemoryWaitsAndTheNextTimeBeforeItBegins() throws Exception {
        open(new ReceiveBudget(MOST * 10, 4096, 0, Duration.ofMillis(1)))
                .with("V1__order.sql", "CREATE TABLE orders (id int, note text);");
        engine().onboard(engine().catalog(), "acme");
        engine().execute("INSERT INTO tenant_acme.orders SELECT n, repeat('x', 50) FROM generate_series(1, 500) n");
        engine().with("V2__reads.sql", "SELECT id, note FROM orders; SELECT pg_sleep(5) FROM orders WHERE id = 500;");
        MigrationCatalog proven = engine().proven();
        assertThat(proven.plans().steps()).containsKey("V2__reads.sql");

        for (MigrationCatalog catalog : List.of(engine().catalog(), proven)) {
            VersionTracker tracker = new VersionTracker();
            for (int attempt = 0; attempt < 2; attempt++) {
                if (catalog != proven || attempt == 0) {
                    awaitUnlocked();
                }
                assertThatThrownBy(() -> engine().upgrade(catalog, "acme", "latest", "1", tracker))
                        .isInstanceOfSatisfying(
                                BusyException.class,
                                busy -> assertThat(busy.kind()).isEqualTo(BusyException.Kind.RECEIVING));
            }
        }
        assertThat(engine().query("SELECT max(version) FROM tenant_acme.flyway_schema_history"))
                .containsExactly("1");
    }

    /** The session of a broken connection ends a moment later. */
    private void awaitUnlocked() {
        Await.until(
                Duration.ofSeconds(60),
                "no home is locked",
                () -> engine().query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database ="
                                + " (SELECT oid FROM pg_database WHERE datname = current_database())")
                        .isEmpty());
    }

    @Test
    void aScriptThatSendsMuchOnlyWhereRowsAreIsSaidAtTheStart() throws Exception {
        open(new ReceiveBudget(MOST, MOST / 2))
                .with(
                        "V1__order.sql",
                        "CREATE TABLE orders (id int); CREATE FUNCTION nothing(int) RETURNS void"
                                + " LANGUAGE sql AS '';")
                .with("V2__much.sql", "SELECT nothing(o.id) FROM orders o, generate_series(1, 20000);");

        try (StartLog log = new StartLog()) {
            assertThat(engine().proven().plans().steps())
                    .as("what an empty home needs")
                    .hasSize(2);
            assertThat(String.join("\n", log.warnings())).contains("V2__much.sql", "PERFORM");
        }
        assertThat(engine().query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenantry%'"))
                .isEmpty();
    }

    @Test
    void aRefusedStartSaysItToo() throws Exception {
        open(new ReceiveBudget(MOST, MOST / 2))
                .with("V1__much.sql", "DO $$ BEGIN FOR n IN 1..5000 LOOP RAISE INFO '%', n; END LOOP; END $$;")
                .with("V2__bad.sql", "CREATE TABLE public.made (id int);");

        try (StartLog log = new StartLog()) {
            assertThatThrownBy(() -> engine().proven())
                    .isInstanceOf(MigrationsRefusedException.class)
                    .hasMessageStartingWith("V2__bad.sql reaches outside the tenant's schema: table public.made");
            assertThat(log.warnings()).singleElement().asString().contains("V1__much.sql", "the trial began again");
        }
    }

    @Test
    void aTriggerThatSendsMuchForMadeUpRowsIsSaidAtTheStart() throws Exception {
        open(new ReceiveBudget(MOST, MOST / 2))
                .with(
                        "V1__order.sql",
                        "CREATE TABLE orders (id int); CREATE FUNCTION tell() RETURNS trigger LANGUAGE"
                                + " plpgsql AS 'BEGIN FOR n IN 1..5000 LOOP RAISE INFO ''%'', n; END LOOP; RETURN NEW; END';"
                                + " CREATE TRIGGER tell BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION tell();")
                .with("V2__some.sql", "UPDATE orders SET id = 3;");

        try (StartLog log = new StartLog()) {
            assertThat(engine().proven().plans().steps())
                    .as("what an empty home needs")
                    .hasSize(2);
            assertThat(String.join("\n", log.warnings())).contains("V2__some.sql", "PERFORM");
        }
    }

    @Test
    void aPlanOfANewHomeThatSendsTooMuchIsNotRunAgain() throws Exception {
        open(new ReceiveBudget(MOST, MOST / 2));
        // Each new home finds as many rows as others have put there.
        engine().execute("CREATE TABLE public.shared (id int)");
        MigrationCatalog catalog = engine().with(
                        "V1__all.sql", "CREATE TABLE mine (id int); SELECT id, repeat('x', 100) FROM public.shared;")
                .proven();
        assertThat(catalog.plans().atOnce()).isTrue();
        engine().execute("INSERT INTO public.shared SELECT generate_series(1, 200000)");
        VersionTracker tracker = new VersionTracker();

        assertThatThrownBy(() -> engine().onboard(catalog, "acme", tracker)).isInstanceOf(TooMuchSentException.class);
        awaitUnlocked();
        MigrationResult again = engine().onboard(catalog, "acme", tracker);

        if (!(again instanceof MigrationResult.Migrated)) {
            assertThat(again)
                    .isInstanceOfSatisfying(
                            MigrationResult.Failed.class,
                            failed -> assertThat(failed.error().migration()).isEqualTo("V1__all.sql"));
        }
    }

    @Test
    void aCallbackAfterTheScriptsThatSendsTooMuchIsAFailure() throws Exception {
        open(new ReceiveBudget(MOST, MOST / 2)).with("V1__order.sql", ORDERS);
        engine().with(
                        "afterMigrate.sql",
                        "SELECT o.id, o.note FROM orders o, generate_series(1, 200) WHERE EXISTS (SELECT FROM orders WHERE id = 1);");
        MigrationCatalog catalog = engine().catalog();
        VersionTracker tracker = new VersionTracker();

        assertThatThrownBy(() -> engine().onboard(catalog, "acme", tracker)).isInstanceOf(TooMuchSentException.class);
        for (int attempt = 0; attempt < 2; attempt++) {
            awaitUnlocked();
            assertThat(engine().upgrade(catalog, "acme", "latest", "1", tracker))
                    .isInstanceOfSatisfying(MigrationResult.Failed.class, failed -> {
                        assertThat(failed.to()).isEqualTo("1");
                        assertThat(failed.error().message()).contains("a callback", "PERFORM");
                        assertThat(failed.error().migration()).isNull();
                    });
        }
    }
}

package io.tenantry.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.stack.Await;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many locks a plan holds at its end: the rule of ops/capacity.md for max_locks_per_transaction. */
class LocksIT {
    private static final String WAITING =
            "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'public.gate'::regclass";
    /** The last statement of a script, at which the plan waits. */
    private static final String GATE = "DO $$ BEGIN PERFORM FROM public.gate; END $$;";

    private EngineFixture engine;

    @BeforeEach
    void create() throws Exception {
        engine = new EngineFixture(Duration.ofSeconds(60));
        engine.execute("CREATE TABLE public.gate (id int)");
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "12, 3"})
    void aNewHomeHoldsTwelveForEachTableAndOneForEachFurtherIndex(int tables, int indexes) throws Exception {
        for (int table = 0; table < tables; table++) {
            engine.with("V" + (table + 1) + "__table.sql", table(table, indexes));
        }

        assertThat(locksOfANewHome()).isEqualTo(17 + 12 * tables + indexes * tables);
    }

    /** Ten tables, 19 indexes besides the primary keys, 9 foreign keys. */
    @Test
    void aNewHomeOfTheBenchmark() throws Exception {
        URL scripts = Objects.requireNonNull(LocksIT.class.getResource("/bench/release1"));
        try (Stream<Path> files = Files.list(Path.of(scripts.toURI()))) {
            for (Path file : files.toList()) {
                engine.with(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }

        assertThat(locksOfANewHome()).isEqualTo(18 + 12 * 10 + 19 + 2 * 9);
    }

    @Test
    void anUpgradeHoldsThoseOfItsScript() throws Exception {
        engine.onboard(engine.with("V1__table.sql", table(0, 2)).proven(), "acme");
        engine.with(
                "V2__column.sql", "ALTER TABLE t0 ADD COLUMN closed timestamptz; CREATE INDEX ON t0 (closed);" + GATE);
        MigrationCatalog catalog = engine.proven();

        assertThat(locksOf(() -> engine.upgradeByPlan(catalog, "acme", "latest", "1")))
                .isEqualTo(12);
    }

    private int locksOfANewHome() throws Exception {
        MigrationCatalog catalog = engine.with("V1000__gate.sql", GATE).proven();
        return locksOf(() -> engine.create(catalog, "acme"));
    }

    private interface Work {
        PlanOutcome run() throws Exception;
    }

    /** Those that the plan holds while it waits for the gate. */
    private int locksOf(Work work) throws Exception {
        try (Connection gate = engine.connect();
                Statement statement = gate.createStatement()) {
            gate.setAutoCommit(false);
            statement.execute("LOCK TABLE public.gate IN ACCESS EXCLUSIVE MODE");
            CompletableFuture<PlanOutcome> plan = CompletableFuture.supplyAsync(() -> {
                try {
                    return work.run();
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            });
            Await.until(
                    Duration.ofSeconds(30),
                    "the plan waits",
                    () -> !engine.query(WAITING).isEmpty());
            List<String> locks = engine.query("SELECT locktype FROM pg_locks WHERE pid = (" + WAITING + ")");
            gate.rollback();
            assertThat(plan.get()).isInstanceOf(PlanOutcome.Done.class);
            return locks.size();
        }
    }

    private static String table(int number, int indexes) {
        return "CREATE TABLE t" + number + " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);"
                + IntStream.range(0, indexes)
                        .mapToObj(index -> "CREATE INDEX ON t" + number + " (name, id);")
                        .collect(Collectors.joining());
    }
}

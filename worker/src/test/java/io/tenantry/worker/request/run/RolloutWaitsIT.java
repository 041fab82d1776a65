package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.housekeeping.RolloutWaitReport;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.registry.RolloutTransactions;
import io.tenantry.worker.registry.rollout.RolloutWait;
import io.tenantry.worker.registry.rollout.RolloutWaits;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The registry says what the requests of a rollout wait for, and who is in their way. */
class RolloutWaitsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Workbench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new Workbench(4, new SessionTimeouts(Duration.ofSeconds(30), Duration.ZERO));
        bench.with("V1__a.sql", "CREATE TABLE a (id int);");
        for (String tenant : List.of("acme", "globex")) {
            bench.release().signUp(tenant).get(60, TimeUnit.SECONDS);
        }
        bench.with("V2__b.sql", "ALTER TABLE a ADD COLUMN b text DEFAULT 'secret of tenants';");
        bench.executeInRegistry("INSERT INTO tenantry.worker (group_id, application_name, expires_at) VALUES ('fleet',"
                + " 'bench', now())");
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void whatRunsAndWhatWaitsIsToldWithWhoIsInTheWay() throws Exception {
        CompletableFuture<TenantResult> runs;
        CompletableFuture<TenantResult> waits;
        try (RolloutWaitReport report = report();
                Connection other = bench.connect();
                Statement statement = other.createStatement()) {
            statement.execute("SET application_name = 'psql'; SELECT pg_advisory_lock(('x' ||"
                    + " substr(encode(sha256('tenant_globex'), 'hex'), 1, 16))::bit(64)::bigint)");
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE tenant_acme.a");
            statement.execute("SELECT 'secret of psql'");
            Workbench.Release release = bench.release();
            runs = release.migrateForRollout("acme", "of acme", Workbench.ROLLOUTS);
            waits = release.migrateForRollout("globex", "of globex", Workbench.ROLLOUTS);
            CompletableFuture<TenantResult> plain = release.migrateForRollout("globex", "plain", "/release");
            Await.until(
                    PATIENCE,
                    "one runs, and one waits",
                    () -> bench.waiting(WaitReason.HOME_LOCKED) == 1
                            && !bench.query("SELECT pid FROM pg_locks WHERE NOT granted")
                                    .isEmpty());
            assertThat(bench.activities().oldest(20)).as("they are young").isEmpty();

            bench.letActivitiesLast(Duration.ofSeconds(70));

            Await.until(
                    PATIENCE,
                    "both are told",
                    () -> told().stream().anyMatch(one -> !one.blockers().isEmpty())
                            && told().stream().anyMatch(one -> "home-locked".equals(one.reason())));
            assertThat(told()).hasSize(2).allSatisfy(one -> {
                assertThat(one.worker()).isEqualTo("bench");
                assertThat(one.age()).isGreaterThanOrEqualTo(Duration.ofSeconds(69));
            });
            RolloutWait running = told("acme");
            assertThat(running.text())
                    .startsWith("acme runs for 7")
                    .contains(
                            " s on server main: V2__b.sql; blocked by pid ",
                            " (psql) of ",
                            ", idle in transaction for ",
                            ": SELECT '...'")
                    .doesNotContain("secret");
            assertThat(told("globex").text())
                    .startsWith("globex waits for 7")
                    .contains("(home-locked)", "on server main: tenant_globex");
            other.rollback();
            statement.execute("SELECT pg_advisory_unlock_all()");
            other.commit();

            assertThat(runs.get(60, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(waits.get(60, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(plain.get(60, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.UP_TO_DATE);
            Await.until(PATIENCE, "nothing is told any more", () -> told().isEmpty());
        }
    }

    @Test
    void whatADeadWorkerHasToldVanishesWithIt() throws Exception {
        RolloutWait wait = new RolloutWait(
                "spring", true, "common", "bench", null, false, Duration.ofSeconds(60), "queued", null, List.of());
        new RolloutTransactions(bench.registry()).writeWaits("fleet", "bench", List.of(wait, wait));
        assertThat(told())
                .singleElement()
                .satisfies(one -> assertThat(one.text()).isEqualTo("common waits for 60 s (queued)"));

        bench.executeInRegistry("DELETE FROM tenantry.worker");

        assertThat(told()).isEmpty();
    }

    private RolloutWaitReport report() {
        return new RolloutWaitReport(
                new RolloutWaitReport.Parts(
                        bench.activities(),
                        Map.of("main", bench.server()),
                        new RolloutTransactions(bench.registry()),
                        "fleet",
                        () -> "bench",
                        error -> {
                            throw error;
                        }),
                Duration.ofMillis(50));
    }

    private RolloutWait told(String key) throws SQLException {
        return told().stream().filter(one -> one.key().equals(key)).findFirst().orElseThrow();
    }

    private List<RolloutWait> told() throws SQLException {
        return bench.registry().inTransaction(connection -> new RolloutWaits().oldest(connection, "spring", 20));
    }
}

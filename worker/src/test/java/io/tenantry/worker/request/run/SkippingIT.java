package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rollout that was halted, or aborted, starts nothing more. What has begun goes on. */
class SkippingIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String HALT = "UPDATE tenantry.rollout SET halts = halts + 1";

    private Workbench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new Workbench(4, new SessionTimeouts(Duration.ofSeconds(30), Duration.ZERO));
        bench.with("V1__a.sql", "CREATE TABLE a (id int);");
        Workbench.Release first = bench.release();
        for (String tenant : new String[] {"acme", "globex", "initech"}) {
            get(first.signUp(tenant));
        }
        bench.executeInRegistry("INSERT INTO tenantry.rollout (rollout, group_id, partition, state, request, verb_id,"
                + " verb_source, concurrency) VALUES ('spring', 'fleet', 0, 'running', '{}', 'start', '/release', 10);"
                + " INSERT INTO tenantry.rollout_member (rollout, shared, key, databases, wave, request_id) VALUES"
                + " ('spring', false, 'acme', '{users}', 1, 'of acme'), ('spring', false, 'globex', '{users}', 1, 'of"
                + " globex'), ('spring', false, 'initech', '{users}', 1, 'of initech')");
        bench.with("V2__b.sql", "ALTER TABLE a ADD COLUMN b int;");
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void whatHasNotBegunIsSkippedAndRequestsOfOthersAreNot() throws Exception {
        Workbench.Release release = bench.release();
        bench.executeInRegistry(HALT);
        bench.executeInRegistry("UPDATE tenantry.rollout_member SET halts = 1 WHERE key = 'initech'");

        TenantResult skipped = get(release.migrateForRollout("acme", "of acme", Workbench.ROLLOUTS));
        TenantResult ofOthers = get(release.migrateForRollout("globex", "of globex", "/release"));
        TenantResult sentSince = get(release.migrateForRollout("initech", "of initech", Workbench.ROLLOUTS));

        assertSkipped(skipped);
        assertThat(columns("acme")).isEqualTo("1");
        assertThat(ofOthers.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(sentSince.outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void whatWaitsForTheLockOfItsHomeIsSkipped() throws Exception {
        String lock = "SELECT pg_advisory_lock(('x' || substr(encode(sha256('tenant_acme'), 'hex'), 1,"
                + " 16))::bit(64)::bigint)";
        skipsWhatWaits(lock, WaitReason.HOME_LOCKED, "acme");
    }

    @Test
    void whatWaitsForItsTurnOutsideATransactionIsSkipped() throws Exception {
        bench.with("V2__b.sql", "CREATE INDEX CONCURRENTLY a_id ON a (id);");
        String asAnotherWorker = "SELECT pg_advisory_lock(x'74656e616e746f75'::bit(64)::bigint)";
        skipsWhatWaits(asAnotherWorker, WaitReason.ONE_AT_A_TIME, "acme", "globex", "initech");
    }

    private void skipsWhatWaits(String lock, WaitReason reason, String... tenants) throws Exception {
        try (Connection other = bench.connect();
                Statement statement = other.createStatement()) {
            statement.execute(lock);
            Workbench.Release release = bench.release();
            List<CompletableFuture<TenantResult>> requests = new ArrayList<>();
            for (String tenant : tenants) {
                requests.add(release.migrateForRollout(tenant, "of " + tenant, Workbench.ROLLOUTS));
            }
            Await.until(PATIENCE, "they wait", () -> bench.waiting(reason) == tenants.length);
            long asked = bench.waits(WaitReason.REGISTRY_ANSWER);

            bench.executeInRegistry(HALT);

            for (CompletableFuture<TenantResult> request : requests) {
                assertSkipped(get(request));
            }
            assertThat(bench.waits(WaitReason.REGISTRY_ANSWER))
                    .as("to ask again is part of the same wait")
                    .isEqualTo(asked);
        }
    }

    @Test
    void whatHasBegunGoesOn() throws Exception {
        try (Connection other = bench.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE tenant_acme.a");
            CompletableFuture<TenantResult> runs =
                    bench.release().migrateForRollout("acme", "of acme", Workbench.ROLLOUTS);
            Await.until(
                    PATIENCE,
                    "its script waits",
                    () -> !bench.query("SELECT pid FROM pg_locks WHERE NOT granted")
                            .isEmpty());

            bench.executeInRegistry(HALT);
            other.rollback();

            assertThat(get(runs).outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(columns("acme")).isEqualTo("2");
        }
    }

    private String columns(String tenant) throws Exception {
        return bench.query("SELECT count(*) FROM information_schema.columns WHERE table_name = 'a' AND table_schema ="
                        + " 'tenant_" + tenant + "'")
                .get(0);
    }

    private static void assertSkipped(TenantResult result) {
        assertThat(result.outcome()).isEqualTo(Outcome.SKIPPED);
        assertThat(result.error()).isNotNull().satisfies(error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.ROLLOUT_HALTED);
            assertThat(error.message()).contains("nothing was done");
        });
        assertThat(result.attempts()).isZero();
        assertThat(result.databases()).singleElement().satisfies(home -> {
            assertThat(home.outcome()).isEqualTo(Outcome.NOT_ATTEMPTED);
            assertThat(home.database()).isEqualTo("users");
        });
    }

    private static TenantResult get(CompletableFuture<TenantResult> result) throws Exception {
        return result.get(60, TimeUnit.SECONDS);
    }
}

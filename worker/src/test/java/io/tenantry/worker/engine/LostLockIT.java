package io.tenantry.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A script gives back the lock of its home, and keeps it until its transaction ends. */
class LostLockIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void theNextScriptWaitsForWhoeverHasTheHomeNow() throws Exception {
        try (EngineFixture engine = new EngineFixture()) {
            engine.onboard(engine.with("V1__a.sql", "CREATE TABLE a ();").catalog(), "acme");
            long key = engine.home("acme").lockKey();
            String ofHome = "FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32 | objid::bigint) = "
                    + key + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
            MigrationCatalog catalog = engine.with(
                            "V2__unlock.sql",
                            "SELECT pg_advisory_unlock(" + key + "), pg_advisory_unlock(" + key + ");\n"
                                    + "DO $$ BEGIN ASSERT EXISTS (SELECT " + ofHome + " AND granted);"
                                    + " WHILE NOT EXISTS (SELECT " + ofHome + " AND NOT granted)"
                                    + " LOOP PERFORM pg_sleep(0.01); END LOOP; END $$;")
                    .with("V3__b.sql", "CREATE TABLE b ();")
                    .catalog();

            try (Connection other = engine.connect();
                    Statement statement = other.createStatement()) {
                CompletableFuture<Boolean> waiter = CompletableFuture.supplyAsync(() -> {
                    try {
                        Await.until(
                                PATIENCE,
                                "the home is locked",
                                () -> !engine.query("SELECT 1 " + ofHome).isEmpty());
                        return statement.execute("SELECT pg_advisory_lock(" + key + ")");
                    } catch (Exception failure) {
                        throw new IllegalStateException(failure);
                    }
                });
                assertThatThrownBy(() -> engine.upgrade(catalog, "acme", "latest", "1"))
                        .isInstanceOfSatisfying(
                                BusyException.class,
                                busy -> assertThat(busy.kind()).isEqualTo(BusyException.Kind.HOME));
                assertThat(waiter.join()).isTrue();
            }
            Await.until(
                    PATIENCE,
                    "the other one's session has ended",
                    () -> engine.query("SELECT 1 " + ofHome).isEmpty());
            assertThat(engine.upgrade(catalog, "acme", "latest", "1"))
                    .isInstanceOfSatisfying(
                            MigrationResult.Migrated.class,
                            migrated -> assertThat(migrated.to()).isEqualTo("3"));
        }
    }
}

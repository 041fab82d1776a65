package io.tenantry.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
                    .isEqualTo(new MigrationResult.Migrated("1", "1", List.of()));
        }
        assertThat(calls()).containsExactly("1 1 1");

        MigrationCatalog second =
                engine.with("V2__more.sql", "CREATE TABLE more (id int);").proven();
        engine.upgrade(second, "acme", "latest", "1");
        assertThat(calls()).containsExactly("2 2 2");
    }

    /** How often each callback ran. */
    private List<String> calls() throws Exception {
        return engine.query(
                "SELECT concat_ws(' ', (SELECT count(*) FROM tenant_acme.calls), count(*) FILTER (WHERE n = 1),"
                        + " count(*) FILTER (WHERE n = 2)) FROM tenant_acme.begun");
    }
}

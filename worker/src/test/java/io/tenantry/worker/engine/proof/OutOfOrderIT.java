package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.catalog.Sources;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.HomeState;
import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Versions that come below those that a home has. */
class OutOfOrderIT {
    private static final int VERSIONS = 7;
    private static final String HISTORY =
            "SELECT concat_ws('|', installed_rank, version, description, type, script, checksum, success)"
                    + " FROM tenant_%s.flyway_schema_history ORDER BY installed_rank";

    private EngineFixture engine;

    @BeforeEach
    void start() throws Exception {
        engine = new EngineFixture();
        for (int version = 1; version <= VERSIONS; version++) {
            engine.with(script(version), "CREATE TABLE t" + version + " (id int);");
        }
    }

    @AfterEach
    void stop() throws Exception {
        engine.close();
    }

    /** Whatever came in which order: history and results are Flyway's with its outOfOrder. */
    @Test
    void areAppliedAsFlywayAppliesThem() throws Exception {
        engine.with(script(5), "CREATE INDEX CONCURRENTLY i5 ON t1 (id);")
                .with("R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT id FROM t1;");
        MigrationCatalog catalog = engine.proven().outOfOrder(true);
        assertThat(catalog.plans().steps()).containsKeys(script(2), script(3), script(7));

        for (int seed = 1; seed <= 8; seed++) {
            Random random = new Random(seed);
            String tenant = "a" + seed;
            String twin = "b" + seed;
            for (Set<String> later : releases(random)) {
                flyway(catalog.sources().without(later), tenant, "latest");
                flyway(catalog.sources().without(later), twin, "latest");
            }
            List<String> before = engine.query(HISTORY.formatted(tenant));
            String current = version(tenant);
            String target = random.nextBoolean() ? "latest" : current;

            MigrationResult result = engine.upgrade(catalog, tenant, target, current);

            flyway(catalog.sources(), twin, target);
            List<String> after = engine.query(HISTORY.formatted(twin));
            assertThat(engine.query(HISTORY.formatted(tenant)))
                    .as("seed %s", seed)
                    .isEqualTo(after);
            assertThat(SchemaStates.of(engine, tenant).catalog())
                    .isEqualTo(SchemaStates.of(engine, twin).catalog());
            assertThat(result).isInstanceOfSatisfying(MigrationResult.Migrated.class, migrated -> {
                assertThat(migrated.from()).isEqualTo(current);
                assertThat(migrated.to()).isEqualTo(version(tenant));
                assertThat(migrated.applied())
                        .isEqualTo(after.subList(before.size(), after.size()).stream()
                                .map(row -> row.contains("|R__view") ? "view" : row.split("\\|", -1)[1])
                                .toList());
            });
            assertThat(engine.upgrade(catalog, tenant, target, current))
                    .isInstanceOfSatisfying(
                            MigrationResult.Migrated.class,
                            again -> assertThat(again.applied()).isEmpty());
        }
    }

    /** What earlier releases did not have: version 1 is in the first, and some come late. */
    private static List<Set<String>> releases(Random random) {
        List<Integer> versions = new ArrayList<>();
        for (int version = 2; version <= VERSIONS; version++) {
            versions.add(version);
        }
        Collections.shuffle(versions, random);
        List<Set<String>> releases = new ArrayList<>();
        int have = 1;
        for (int release = 0; release < 1 + random.nextInt(2); release++) {
            have += random.nextInt(versions.size() - have);
            Set<String> later = new HashSet<>();
            versions.subList(have, versions.size()).forEach(version -> later.add(script(version)));
            releases.add(later);
        }
        return releases;
    }

    @Test
    void areNotAppliedUnlessTheyMayBe() throws Exception {
        MigrationCatalog catalog = engine.proven();
        flyway(catalog.sources().without(Set.of(script(3))), "acme", "latest");
        List<String> before = engine.query(HISTORY.formatted("acme"));

        for (MigrationCatalog each : List.of(catalog, catalog.with(Plans.NONE))) {
            assertThat(engine.upgrade(each, "acme", "latest", "7"))
                    .isInstanceOfSatisfying(MigrationResult.Failed.class, failed -> {
                        assertThat(failed.error().code()).isEqualTo(ErrorCode.OUT_OF_ORDER);
                        assertThat(failed.error().migration()).isEqualTo(script(3));
                        assertThat(failed.error().message())
                                .startsWith("V3__t.sql is below version 7 of schema tenant_acme, and was not applied")
                                .endsWith("or set databases.users.out-of-order to have it applied");
                        assertThat(failed.applied()).isEmpty();
                    });
        }
        assertThat(engine.query(HISTORY.formatted("acme"))).isEqualTo(before);
    }

    /** A newer release was here already: its version is no disagreement. */
    @Test
    void areNamedAlsoBelowANewerRelease() throws Exception {
        MigrationCatalog newer = engine.catalog();
        flyway(newer.sources().without(Set.of(script(3))), "acme", "latest");

        MigrationCatalog older = engine.without(script(7)).proven();

        assertThat(engine.upgrade(older, "acme", "latest", "7"))
                .isInstanceOfSatisfying(MigrationResult.Failed.class, failed -> {
                    assertThat(failed.error().code()).isEqualTo(ErrorCode.OUT_OF_ORDER);
                    assertThat(failed.error().migration()).isEqualTo(script(3));
                });
        assertThat(engine.upgrade(older.outOfOrder(true), "acme", "latest", "7"))
                .isInstanceOfSatisfying(MigrationResult.Migrated.class, migrated -> {
                    assertThat(migrated.applied()).containsExactly("3");
                    assertThat(migrated.to()).isEqualTo("7");
                });
    }

    /** The second attempt tells what the first one has applied, and nothing of earlier requests. */
    @Test
    void areToldByTheAttemptAfterTheOneThatAppliedThem() throws Exception {
        MigrationCatalog catalog = engine.proven().outOfOrder(true);
        flyway(catalog.sources().without(Set.of(script(2), script(3), script(4))), "acme", "latest");
        flyway(catalog.sources().without(Set.of(script(3), script(4))), "acme", "latest");
        VersionTracker tracker = new VersionTracker();
        tracker.first(history("acme"));
        flyway(catalog.sources().without(Set.of(script(4))), "acme", "latest");

        try (HomeSession session = HomeSession.open(engine.server(), engine.home("acme"))) {
            assertThat(new Migrator(catalog).upgradeByPlan(session, new Target.Latest(), "7", tracker))
                    .isInstanceOfSatisfying(
                            PlanOutcome.Done.class,
                            done -> assertThat(done.result())
                                    .isInstanceOfSatisfying(
                                            MigrationResult.Migrated.class,
                                            migrated -> assertThat(migrated.applied())
                                                    .containsExactly("3", "4")));
        }
    }

    private History history(String tenant) throws SQLException {
        try (HomeSession session = HomeSession.open(engine.server(), engine.home(tenant))) {
            return History.of(session.connection(), session.home().schema());
        }
    }

    private String version(String tenant) {
        try {
            return history(tenant).current().map(MigrationVersion::getVersion).orElseThrow();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Flyway alone, in a home with its mark. */
    private void flyway(Sources sources, String tenant, String target) throws SQLException {
        try (HomeSession session = HomeSession.open(engine.server(), engine.home(tenant))) {
            session.changed();
            LockedHome locked = session.tryLock().orElseThrow();
            if (locked.inspect() instanceof HomeState.Missing) {
                locked.create();
            }
            FlywayEngine.configure(sources, session.connection(), session.home())
                    .outOfOrder(true)
                    .target(target)
                    .ignoreMigrationPatterns("*:future", "*:missing")
                    .load()
                    .migrate();
        }
    }

    private static String script(int version) {
        return "V" + version + "__t.sql";
    }
}

package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.V5_1__Rename;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.engine.snapshot.TableColumn;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A tenant that Tenantry made, and one that Flyway alone made, are the same. */
@Order(6)
class EquivalenceIT {
    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture();
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    record ScriptSet(String name, Map<String, String> scripts, boolean java, Set<TableColumn> volatileColumns) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<ScriptSet> sets() {
        return Stream.of(
                new ScriptSet("demo users", folder("demo/migrations/users"), false, Set.of()),
                new ScriptSet(
                        "demo analytics",
                        folder("demo/migrations/analytics"),
                        false,
                        Set.of(new TableColumn("dashboards", "created_at"))),
                new ScriptSet("bench", folder("bench/release1", "bench/release2"), false, Set.of()),
                new ScriptSet("language", NastyScripts.language(), false, Set.of()),
                new ScriptSet("shapes", NastyScripts.shapes(), false, Set.of()),
                new ScriptSet(
                        "data",
                        NastyScripts.data(),
                        true,
                        Set.of(
                                new TableColumn("item", "key"),
                                new TableColumn("item", "at"),
                                new TableColumn("item", "luck"))),
                new ScriptSet("baseline", NastyScripts.baseline(), false, Set.of()));
    }

    private static Map<String, String> folder(String... names) {
        Map<String, String> scripts = new TreeMap<>();
        for (String name : names) {
            try (Stream<Path> files =
                    Files.list(Path.of(Objects.requireNonNull(EquivalenceIT.class.getResource("/" + name))
                            .toURI()))) {
                for (Path file : files.toList()) {
                    scripts.put(file.getFileName().toString(), Files.readString(file, StandardCharsets.UTF_8));
                }
            } catch (IOException | URISyntaxException failure) {
                throw new IllegalStateException(failure);
            }
        }
        return scripts;
    }

    private MigrationCatalog prove(ScriptSet set) throws Exception {
        engine.with(set.scripts());
        if (set.java()) {
            engine.withJava(V5_1__Rename.class);
        }
        return engine.proven();
    }

    /** What a tenant looks like: its names are in it, so the same tenant is made twice. */
    private record Look(SchemaState state, List<String> history) {}

    @ParameterizedTest
    @MethodSource("sets")
    void aNewTenant(ScriptSet set) throws Exception {
        MigrationCatalog catalog = prove(set);

        assertThat(engine.onboard(catalog, "acme")).isInstanceOf(MigrationResult.Migrated.class);
        Look ours = look(catalog, "latest", set);
        engine.execute("DROP SCHEMA tenant_acme CASCADE");
        engine.byFlyway(catalog, "acme", "latest");

        assertSame(ours, look(catalog, "latest", set));
    }

    @ParameterizedTest
    @MethodSource("sets")
    void oneThatIsBroughtUpVersionByVersion(ScriptSet set) throws Exception {
        MigrationCatalog catalog = prove(set);
        List<String> versions = catalog.migrations().stream()
                .map(Migration::version)
                .filter(Objects::nonNull)
                .map(MigrationVersion::getVersion)
                .distinct()
                // A new home begins at the baseline, whatever the target.
                .filter(version -> catalog.baselines().isEmpty() || !version.equals("1"))
                .toList();
        List<Look> ours = new ArrayList<>();
        engine.byFlyway(catalog, "acme", versions.get(0));
        for (String version : versions) {
            assertThat(engine.upgrade(catalog, "acme", version, null)).isInstanceOf(MigrationResult.Migrated.class);
            ours.add(look(catalog, version, set));
        }
        engine.execute("DROP SCHEMA tenant_acme CASCADE");

        for (int i = 0; i < versions.size(); i++) {
            engine.byFlyway(catalog, "acme", versions.get(i));
            assertSame(ours.get(i), look(catalog, versions.get(i), set));
        }
    }

    private static final String ROWS =
            "SET search_path = tenant_acme; INSERT INTO person (name, note) SELECT 'p' || n, 'x' FROM"
                    + " generate_series(1, 20) n; INSERT INTO booking SELECT n, n, n * 1.25, n % 2 = 0 FROM generate_series(1, 9) n;";

    private static final List<String> DRIFTS = List.of(
            "",
            "ALTER TABLE person DROP COLUMN note",
            "CREATE TABLE extra AS SELECT * FROM person; CREATE VIEW by_hand AS SELECT id, name FROM person",
            "ALTER INDEX person_name RENAME TO by_hand",
            "CREATE RULE by_hand AS ON DELETE TO booking DO ALSO UPDATE person SET note = 'gone' WHERE id = OLD.person",
            // With these, a script fails.
            "ALTER TABLE booking DROP COLUMN price",
            "CREATE TABLE invoice (a int)");

    /** What somebody did by hand may break a script; then both have come as far as the other. */
    @Test
    void oneThatHasRowsAndIsNotAsItsScriptsLeftIt() throws Exception {
        MigrationCatalog catalog = prove(new ScriptSet("rows", NastyScripts.rows(), false, Set.of()));
        assertThat(catalog.plans().steps()).hasSize(6);

        for (String drift : DRIFTS) {
            engine.byFlyway(catalog, "acme", "2");
            engine.execute(ROWS + drift);
            MigrationResult result = engine.upgrade(catalog, "acme", "latest", "2");
            SchemaState ours = SchemaStates.of(engine, "acme");
            engine.execute("DROP SCHEMA tenant_acme CASCADE");
            engine.byFlyway(catalog, "acme", "2");
            engine.execute(ROWS + drift);
            boolean fails = flywayFails(catalog);
            SchemaState theirs = SchemaStates.of(engine, "acme");

            assertThat(result instanceof MigrationResult.Failed)
                    .as("%s: %s", drift, result)
                    .isEqualTo(fails);
            assertThat(ours.catalog().differences(theirs.catalog())).as(drift).isEmpty();
            assertThat(ours.history()).as(drift).isEqualTo(theirs.history());
            assertThat(ours.data().differences(theirs.data()).all()).as(drift).isEmpty();
            engine.execute("DROP SCHEMA tenant_acme CASCADE");
        }
    }

    private boolean flywayFails(MigrationCatalog catalog) throws Exception {
        try {
            engine.byFlyway(catalog, "acme", "latest");
            return false;
        } catch (FlywayException failure) {
            return true;
        }
    }

    @Test
    void theSecondTenantOnAConnectionHasNothingOfTheFirst() throws Exception {
        try (EngineFixture narrow = new EngineFixture(Duration.ofSeconds(2), 1)) {
            narrow.with(NastyScripts.rows())
                    .with(
                            "V2_1__own.sql",
                            "CREATE FUNCTION own(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
                                    + " PERFORM set_config('app.tenant', t, false); SET LOCAL TimeZone = 'Asia/Tokyo'; END $$;"
                                    + " SELECT own('${tenant}');")
                    .with(
                            "V8__session.sql",
                            "CREATE TEMP TABLE mine AS SELECT 1 AS a; SET client_min_messages = error; SELECT pg_advisory_lock(4711);")
                    .with(
                            "V9__look.sql",
                            "CREATE TABLE look AS SELECT coalesce(current_setting('app.tenant', true), '') AS setting,"
                                    + " to_regclass('mine')::text AS mine, current_setting('search_path') AS path, current_setting('TimeZone')"
                                    + " AS zone;");
            MigrationCatalog catalog = narrow.proven();
            narrow.onboard(catalog, "first");
            narrow.execute("SET search_path = tenant_first; INSERT INTO person (name) VALUES ('of first')");
            narrow.upgrade(catalog, "first", "latest", null);

            narrow.onboard(catalog, "second");

            assertThat(SchemaStates.of(narrow, "second").toString())
                    .contains("second")
                    .doesNotContain("first");
            assertThat(narrow.query("SELECT concat_ws('|', setting, mine, path ~ 'first') FROM tenant_second.look"))
                    .containsExactly("second|f");
            assertThat(narrow.query("SELECT zone = current_setting('TimeZone') FROM tenant_second.look"))
                    .containsExactly("t");
            assertThat(narrow.query("SELECT count(*) FROM tenant_second.person"))
                    .containsExactly("0");
        }
    }

    private Look look(MigrationCatalog catalog, String target, ScriptSet set) throws Exception {
        assertThat(engine.validate(catalog, "acme", target))
                .satisfies(validation -> assertThat(validation.validationSuccessful)
                        .as(validation.getAllErrorMessages())
                        .isTrue());
        // Every row, times apart.
        List<String> history = engine.query("SELECT concat_ws('|', installed_rank, version, description, type, script,"
                + " checksum, installed_by, success, execution_time BETWEEN 0 AND 60000, installed_on > now() - interval '1"
                + " hour') FROM tenant_acme.flyway_schema_history ORDER BY installed_rank");
        return new Look(SchemaStates.of(engine, "acme", set.volatileColumns()), history);
    }

    private static void assertSame(Look ours, Look theirs) {
        assertThat(ours.state().catalog().differences(theirs.state().catalog())).isEmpty();
        assertThat(ours.history()).isEqualTo(theirs.history());
        assertThat(ours.state().differences(theirs.state(), Set.of())).isEmpty();
    }

    @Test
    void whatIsAppliedByPlanAndWhatIsNot() throws Exception {
        assertThat(steps("language", NastyScripts.language()))
                .containsExactlyInAnyOrderElementsOf(NastyScripts.language().keySet());
        assertThat(prove(new ScriptSet("", Map.of(), false, Set.of())).plans().atOnce())
                .isTrue();
    }

    @Test
    void aNewValueOfAnEnumIsNotUsedInTheTransactionThatAddsIt() throws Exception {
        assertThat(steps("shapes", NastyScripts.shapes()))
                .containsExactlyInAnyOrderElementsOf(NastyScripts.shapes().keySet());
        assertThat(engine.proven().plans().atOnce()).isFalse();
    }

    @Test
    void whatOnlyFlywayCanDoIsLeftToIt() throws Exception {
        assertThat(prove(new ScriptSet("data", NastyScripts.data(), true, Set.of()))
                        .plans()
                        .steps()
                        .keySet())
                .containsExactlyInAnyOrder(
                        "V1__items.sql",
                        "V4__deferred.sql",
                        "V5__after_deferred.sql",
                        "V7__after_session.sql",
                        "R__a_view.sql",
                        "R__b_view.sql");
    }

    @Test
    void aNewTenantBeginsAtTheBaselineAndAnOldOneGoesOnWithoutIt() throws Exception {
        MigrationCatalog catalog = prove(new ScriptSet("baseline", NastyScripts.baseline(), false, Set.of()));

        assertThat(catalog.plans().atOnce()).isTrue();
        assertThat(catalog.plans().steps()).hasSize(5);
        MigrationResult.Migrated made = (MigrationResult.Migrated) engine.onboard(catalog, "young");
        assertThat(made.applied()).containsExactly("2", "3", "v");
        engine.without("B2__a_with_b.sql").without("V3__c.sql");
        engine.onboard(engine.proven(), "old");
        engine.with(NastyScripts.baseline());

        MigrationResult.Migrated upgraded = (MigrationResult.Migrated) engine.upgrade(catalog, "old", "latest", null);

        assertThat(upgraded.applied()).containsExactly("3");
        assertThat(SchemaStates.of(engine, "old").catalog())
                .isEqualTo(SchemaStates.of(engine, "young").catalog());
        assertThat(engine.upgradeByPlan(catalog, "young", "latest", null)).isInstanceOf(PlanOutcome.Done.class);
    }

    private Set<String> steps(String name, Map<String, String> scripts) throws Exception {
        return prove(new ScriptSet(name, scripts, false, Set.of()))
                .plans()
                .steps()
                .keySet();
    }
}

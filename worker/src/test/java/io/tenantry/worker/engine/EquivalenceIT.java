package io.tenantry.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.MigrationCatalog.Migration;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A tenant that Tenantry made, and one that Flyway alone made, are the same. */
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

    record ScriptSet(String name, Map<String, String> scripts, boolean java, Set<String> volatileColumns) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<ScriptSet> sets() {
        return Stream.of(
                new ScriptSet("demo users", folder("demo/migrations/users"), false, Set.of()),
                new ScriptSet("demo analytics", folder("demo/migrations/analytics"), false, Set.of()),
                new ScriptSet("bench", folder("bench/release1", "bench/release2"), false, Set.of()),
                new ScriptSet("language", NastyScripts.language(), false, Set.of("whose.tenant", "whose.place")),
                new ScriptSet("shapes", NastyScripts.shapes(), false, Set.of()),
                new ScriptSet("data", NastyScripts.data(), true, Set.of("item.key", "item.at", "item.luck")),
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
            engine.withJava(V5_1__Renumber.class);
        }
        return engine.proven();
    }

    @ParameterizedTest
    @MethodSource("sets")
    void aNewTenant(ScriptSet set) throws Exception {
        MigrationCatalog catalog = prove(set);

        MigrationResult result = engine.onboard(catalog, "ours");
        engine.byFlyway(catalog, "theirs", "latest");

        assertThat(result).isInstanceOf(MigrationResult.Migrated.class);
        assertSame(catalog, set, "latest");
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
                .toList();
        engine.byFlyway(catalog, "ours", versions.get(0));
        engine.byFlyway(catalog, "theirs", versions.get(0));

        for (String version : versions.subList(1, versions.size())) {
            assertThat(engine.upgrade(catalog, "ours", version, null)).isInstanceOf(MigrationResult.Migrated.class);
            engine.byFlyway(catalog, "theirs", version);
            assertSame(catalog, set, version);
        }
    }

    private void assertSame(MigrationCatalog catalog, ScriptSet set, String target) throws Exception {
        Stage ours = engine.stage("ours");
        Stage theirs = engine.stage("theirs");
        assertThat(ours.catalog()).isEqualTo(theirs.catalog());
        assertThat(ours.columnsThatDiffer(theirs)).isSubsetOf(set.volatileColumns());
        assertThat(history("ours")).isEqualTo(history("theirs"));
        for (String tenant : List.of("ours", "theirs")) {
            assertThat(engine.validate(catalog, tenant, target))
                    .satisfies(validation -> assertThat(validation.validationSuccessful)
                            .as(validation.getAllErrorMessages())
                            .isTrue());
        }
    }

    /** Every row, times apart; the checksum of a script that is repeatable and has placeholders is the tenant's own. */
    private List<String> history(String tenant) throws Exception {
        return engine.query("SELECT concat_ws('|', installed_rank, version, description, type, script,"
                + " CASE WHEN description <> 'who' THEN checksum END, installed_by, success, execution_time BETWEEN 0 AND 60000,"
                + " installed_on > now() - interval '1 hour') FROM tenant_" + tenant
                + ".flyway_schema_history ORDER BY installed_rank");
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
        assertThat(engine.stage("old").catalog())
                .isEqualTo(engine.stage("young").catalog());
        assertThat(engine.shortcut(catalog, "young", "latest", null)).isInstanceOf(Shortcut.Done.class);
    }

    private Set<String> steps(String name, Map<String, String> scripts) throws Exception {
        return prove(new ScriptSet(name, scripts, false, Set.of()))
                .plans()
                .steps()
                .keySet();
    }
}

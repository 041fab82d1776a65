package io.tenantry.worker.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tenantry.worker.registry.rollout.AdvertisedCatalog;
import io.tenantry.worker.registry.rollout.AdvertisedCatalog.Database;
import io.tenantry.worker.registry.rollout.ResolvedTarget;
import io.tenantry.worker.rollout.TargetResolution.Differing;
import io.tenantry.worker.rollout.TargetResolution.Resolved;
import io.tenantry.worker.rollout.TargetResolution.Unknown;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetResolutionTest {
    private static final Database REPEATABLE_ONLY = new Database(null, Map.of());

    @Test
    void latestIsTheHighestHeadOfEachDatabase() {
        AdvertisedCatalog worker = worker("a", Map.of("users", versions("2.9", "2.10"), "billing", versions("7")));

        Resolved resolved = resolved(List.of(), "latest", worker);

        assertThat(resolved.targets())
                .containsExactly(
                        Map.entry("billing", new ResolvedTarget("7", "of 7")),
                        Map.entry("users", new ResolvedTarget("2.10", "of 2.10")));
        assertThat(TargetResolution.waitsFor(resolved.targets(), List.of(worker)))
                .isEmpty();
    }

    @Test
    void namedDatabasesAloneAreResolved() {
        AdvertisedCatalog worker = worker("a", Map.of("users", versions("1", "2"), "billing", REPEATABLE_ONLY));

        assertThat(resolved(List.of("users"), "1", worker).targets())
                .containsExactly(Map.entry("users", new ResolvedTarget("1", "of 1")));
    }

    @Test
    void workersThatLackIt() {
        AdvertisedCatalog[] live = {
            worker("older", Map.of("users", versions("1"), "billing", versions("1", "2"))),
            worker("newer", Map.of("users", versions("1", "2"), "billing", versions("1", "2"))),
            worker("withoutBilling", Map.of("users", versions("1", "2"))),
            worker("ofAnOldRelease", Map.of())
        };

        Resolved resolved = resolved(List.of("users", "billing"), "latest", live);

        assertThat(resolved.targets().get("users")).isEqualTo(new ResolvedTarget("2", "of 2"));
        assertThat(TargetResolution.waitsFor(resolved.targets(), List.of(live)))
                .contains(
                        "the migrations of these workers are not known: ofAnOldRelease (they start, or their release has"
                                + " no rollouts); version 2 of database billing is missing at workers withoutBilling; version 2 of"
                                + " database users is missing at workers older");
    }

    @Test
    void aMessageNamesThreeWorkers() {
        List<AdvertisedCatalog> live = IntStream.rangeClosed(1, 5)
                .mapToObj(number -> worker("w" + number, Map.of("users", versions("1"))))
                .toList();

        assertThat(TargetResolution.waitsFor(Map.of("users", new ResolvedTarget("2", "of 2")), live))
                .contains("version 2 of database users is missing at workers w1, w2, w3 and 2 more");
    }

    @Test
    void scriptsThatDifferFromThoseOfThePlan() {
        AdvertisedCatalog same = worker("same", Map.of("users", versions("1", "2")));
        AdvertisedCatalog other = worker("other", Map.of("users", new Database("2", Map.of("2.0", "changed"))));
        Map<String, ResolvedTarget> targets = Map.of("users", new ResolvedTarget("2", "of 2"));

        assertThat(TargetResolution.waitsFor(targets, List.of(same, other)))
                .contains("version 2 of database users is made of other scripts at workers other");
        assertThat(TargetResolution.waitsFor(targets, List.of(other)))
                .contains(
                        "version 2 of database users is made of other scripts at workers other; no worker has those that the"
                                + " rollout was planned with: abort it, and start another one");
    }

    /** The first one's need not be what will be left when the deployment is over. */
    @Test
    void whileWorkersHaveDifferentScriptsItIsNotKnownWhichAreMeant() {
        AdvertisedCatalog[] workers = {
            worker("old", Map.of("users", new Database("2", Map.of("1", "same", "2", "before")))),
            worker("new1", Map.of("users", new Database("2", Map.of("1", "same", "2", "after")))),
            worker("older", Map.of("users", new Database("1", Map.of("1", "same")))),
            worker("new2", Map.of("users", new Database("2", Map.of("1", "same", "2", "after"))))
        };

        assertThat(TargetResolution.of(List.of("users"), "2", List.of(workers)))
                .isEqualTo(
                        new Differing("version 2 of database users is made of different scripts at workers old and at"
                                + " workers new1, new2"));
        assertThat(resolved(List.of("users"), "1", workers).targets()).containsKey("users");
    }

    @ParameterizedTest
    @CsvSource({"1.0, 1", "1, 1.0", "01, 1", "1, 01", "2_1, 2.1", "2.1.0, 2_1"})
    void spellingsOfOneVersion(String requested, String advertised) {
        assertThat(resolved(List.of("users"), requested, worker("a", Map.of("users", versions(advertised))))
                        .targets())
                .containsExactly(Map.entry("users", new ResolvedTarget(advertised, "of " + advertised)));
    }

    @Test
    void aVersionThatOneDatabaseDoesNotHave() {
        Unknown unknown = unknown(
                List.of("users", "billing", "orders"),
                "11",
                worker("a", Map.of("users", versions("10", "11"), "billing", versions("3"), "orders", versions("4"))),
                worker("b", Map.of("users", versions("10"), "billing", versions("3"), "orders", versions("4"))));

        assertThat(unknown.databases()).containsExactly("billing", "orders");
        assertThat(unknown.reason())
                .isEqualTo(
                        "no live worker has version 11 of database billing; the newest is 3; no live worker has version"
                                + " 11 of database orders; the newest is 4; deploy workers that have it, or name"
                                + " other databases or another target");
    }

    @Test
    void aDatabaseWithoutVersionsHasNoTarget() {
        AdvertisedCatalog worker = worker("a", Map.of("users", versions("1"), "views", REPEATABLE_ONLY));

        assertThat(unknown(List.of(), "latest", worker).databases()).containsExactly("views");
        assertThat(unknown(List.of(), "latest", worker).reason())
                .startsWith("the migrations of database views have no version;");
        assertThat(unknown(List.of("views"), "1", worker).databases()).containsExactly("views");
    }

    @Test
    void aDatabaseThatNobodyHas() {
        assertThat(unknown(List.of("usres"), "latest", worker("a", Map.of("users", versions("1"))))
                        .reason())
                .startsWith("no live worker has a database usres;");
    }

    @Test
    void nobodyHasSaidAnything() {
        assertThat(unknown(List.of(), "latest", worker("ofAnOldRelease", Map.of()))
                        .reason())
                .contains("no live worker has said which migrations it has");
        assertThat(unknown(List.of(), "latest").databases()).isEmpty();
        assertThat(unknown(List.of("users"), "2").reason())
                .as("of no database")
                .startsWith("no live worker has said which migrations it has");
    }

    private static AdvertisedCatalog worker(String name, Map<String, Database> databases) {
        return new AdvertisedCatalog(name, databases);
    }

    private static Database versions(String... inOrder) {
        Map<String, String> fingerprints = new LinkedHashMap<>();
        Arrays.stream(inOrder).forEach(version -> fingerprints.put(version, "of " + version));
        return new Database(inOrder[inOrder.length - 1], fingerprints);
    }

    private static Resolved resolved(List<String> databases, String requested, AdvertisedCatalog... live) {
        return assertThat(TargetResolution.of(databases, requested, List.of(live)))
                .asInstanceOf(type(Resolved.class))
                .actual();
    }

    private static Unknown unknown(List<String> databases, String requested, AdvertisedCatalog... live) {
        return assertThat(TargetResolution.of(databases, requested, List.of(live)))
                .asInstanceOf(type(Unknown.class))
                .actual();
    }
}

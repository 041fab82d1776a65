package io.tenantry.worker.registry.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers of one group share the connections of their servers. */
@Order(8)
class LeasesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Deployment deployment = Deployment.create();
    private final List<LeasingWorker> workers = new ArrayList<>();

    @BeforeEach
    void migrate() throws SQLException {
        deployment.database("users").withTwoTables();
        try (Registry registry = new Registry(registrySettings(), "test")) {
            registry.migrate();
        }
    }

    @AfterEach
    void cleanUp() throws Exception {
        workers.forEach(LeasingWorker::close);
        deployment.close();
    }

    @Test
    void shareTheCapAndTheOneThatIsLeftHasItAll() {
        start("a", 16);
        awaitShares(16);
        start("b", 16);
        awaitShares(8, 8);
        start("c", 16);
        awaitShares(6, 5, 5);

        stop(0);
        awaitShares(8, 8);
        stop(0);
        awaitShares(16);
    }

    @Test
    void giveBackOnlyWhatIsNotInUse() throws SQLException {
        LeasingWorker a = start("a", 4);
        awaitShares(4);
        List<Connection> busy = a.use("main", 4);
        LeasingWorker b = start("b", 4);

        Await.until(PATIENCE, "a knows of b", () -> a.share("main") == 2);
        assertThat(b.await(Duration.ofSeconds(1))).isFalse();
        assertThat(b.share("main")).isZero();
        assertThat(a.tryAcquire("main")).isFalse();
        assertThat(leased()).isEqualTo(4);

        a.finish("main", busy.remove(0));
        a.finish("main", busy.remove(0));
        awaitShares(2, 2);
        assertThat(a.tryAcquire("main")).as("two still run").isFalse();
        a.finish("main", busy.remove(0));
        assertThat(a.tryAcquire("main")).isTrue();
    }

    @Test
    void theSurplusWaitsAndTakesOverWhenOneLeaves() {
        start("a", 2);
        start("b", 2);
        awaitShares(1, 1);
        LeasingWorker c = start("c", 2);
        Await.until(PATIENCE, "c is a member", () -> members().size() == 3);

        assertThat(c.await(Duration.ofSeconds(1))).isFalse();
        assertThat(c.holds()).isFalse();
        assertThat(c.obstacle()).contains("2 other workers of the group share them");
        stop(0);

        assertThat(c.await(PATIENCE)).isTrue();
        awaitShares(1, 1);
    }

    @Test
    void aCommandGetsOneConnectionAndTheWorkersKeepTheRest() {
        start("a", 16);
        awaitShares(16);
        LeasingWorker command = new LeasingWorker(
                deployment,
                registrySettings(),
                "group",
                unique("command"),
                Map.of("main", 16),
                new LeaseTerms(Duration.ofSeconds(2), Duration.ofMillis(200), 1));
        workers.add(command);
        command.start();

        awaitShares(15, 1);
        stop(1);
        awaitShares(16);
    }

    @Test
    void beginWithSomethingOfEveryServerOrWithNothing() throws SQLException {
        LeasingWorker a = start("a", Map.of("main", 16, "second", 2));
        Await.until(PATIENCE, "a has all", () -> a.share("main") == 16 && a.share("second") == 2);
        List<Connection> busy = a.use("second", 2);
        LeasingWorker b = start("b", Map.of("main", 16, "second", 2));
        Await.until(PATIENCE, "a gives back", () -> a.share("main") == 8 && a.share("second") == 1);

        assertThat(b.await(Duration.ofSeconds(1))).isFalse();
        assertThat(b.share("main")).isZero();
        assertThat(b.share("second")).isZero();

        a.finish("second", busy.get(0));
        assertThat(b.await(PATIENCE)).isTrue();
        assertThat(List.of(b.share("main"), b.share("second"))).isEqualTo(List.of(8, 1));
    }

    @Test
    void groupsThatShareARegistryHaveCapsOfTheirOwn() {
        start("a", 4);
        LeasingWorker other = startIn("another group", "b", Map.of("main", 4));
        Await.until(PATIENCE, "both have all", () -> other.share("main") == 4 && shares().equals(List.of(4, 4)));
    }

    @Test
    void theShareOfADeadOneIsTakenWhenItsSessionsAreGone() throws SQLException {
        LeasingWorker a = start("a", 4);
        start("b", 4);
        awaitShares(2, 2);
        a.use("main", 2);
        assertThat(sessions(a.name())).isEqualTo(2);

        a.dies();

        Await.until(PATIENCE, "b has all", () -> {
            // In this order: what is read first was true when the second is.
            boolean all = workers.get(1).share("main") == 4;
            assertThat(all && sessions(a.name()) > 0)
                    .as("b has all while a has sessions")
                    .isFalse();
            return all;
        });
        assertThat(members()).containsExactly(workers.get(1).name());
    }

    @Test
    void whenAllHaveDiedTheOneThatWaitsEndsTheirSessions() throws SQLException {
        LeasingWorker a = start("a", 2);
        awaitShares(2);
        a.use("main", 2);
        a.dies();
        LeasingWorker b = start("b", 2);

        assertThat(b.await(PATIENCE)).isTrue();
        assertThat(sessions(a.name())).isZero();
        Await.until(PATIENCE, "b has all", () -> b.share("main") == 2);
    }

    @Test
    void oneThatLearnsThatItWasTakenForDeadDropsItsConnectionsAndJoinsAnew() throws SQLException {
        LeasingWorker a = start("a", 4);
        LeasingWorker b = start("b", 4);
        awaitShares(2, 2);
        List<Connection> busy = a.use("main", 1);
        String before = a.name();
        a.advertise("users", "3");
        Await.until(
                PATIENCE, "its migrations are known", () -> catalogs().contains(before + " users 3 {\"3\": \"f3\"}"));
        deployment.executeInRegistry("UPDATE tenantry.worker_catalog SET head = 'not written again'");
        long renewals = renewals(a);
        Await.until(PATIENCE, "it renews its lease", () -> renewals(a) > renewals + 1);
        assertThat(catalogs()).singleElement().asString().contains("not written again");

        deployment.executeInRegistry("UPDATE tenantry.worker SET fenced = true, expires_at = now() - interval '1 h'"
                + " WHERE application_name = '" + before + "'");

        Await.until(PATIENCE, "a has another name", () -> a.name().equals(before + ".2"));
        Await.until(PATIENCE, "its session was ended", () -> sessions(before) == 0);
        a.finish("main", busy.get(0));
        Await.until(PATIENCE, "both work", () -> a.holds() && a.share("main") == 2 && b.share("main") == 2);
        assertThat(members()).containsExactly(b.name(), a.name());
        assertThat(catalogs()).as("also under its new name").containsExactly(a.name() + " users 3 {\"3\": \"f3\"}");
        assertThat(a.seatsLost()).isZero();
        stop(0);
        assertThat(catalogs()).isEmpty();
    }

    @Test
    void oneThatFindsNoSeatAgainSaysSo() {
        LeasingWorker a = start("a", 1);
        awaitShares(1);
        LeasingWorker b = start("b", 1);
        Await.until(PATIENCE, "b is a member", () -> members().size() == 2);

        deployment.executeInRegistry(
                "UPDATE tenantry.worker SET fenced = true WHERE application_name = '" + a.name() + "'");

        assertThat(b.await(PATIENCE)).isTrue();
        Await.until(PATIENCE, "a says that it lost its seat", () -> a.seatsLost() == 1);
        stop(1);
        assertThat(a.await(PATIENCE)).isTrue();
    }

    @Test
    void nobodyBeginsAnythingWhileTheRegistryIsAwayForLongAndNobodyIsTakenForDeadAfterwards() throws Exception {
        LeasingWorker a = start("a", 4);
        LeasingWorker b = start("b", 4);
        awaitShares(2, 2);
        List<Connection> busy = a.use("main", 1);
        List<String> before = List.of(a.name(), b.name());

        try (Connection away = deployment.stack().postgres().connect(deployment.controlDatabase());
                Statement statement = away.createStatement()) {
            away.setAutoCommit(false);
            statement.execute("LOCK TABLE tenantry.worker");
            Await.until(PATIENCE, "both have run out", () -> !a.tryAcquire("main") && !b.tryAcquire("main"));
            Await.until(PATIENCE, "and say so", () -> !a.holds() && !b.holds());
            assertThat(busy.get(0).isValid(5)).as("what runs goes on").isTrue();
            away.rollback();
        }

        Await.until(PATIENCE, "both work again", () -> renewals(a) > 15 && renewals(b) > 15);
        Await.until(PATIENCE, "and their leases hold", () -> overdue() == 0);
        assertThat(busy.get(0).isValid(5)).isTrue();
        assertThat(List.of(a.name(), b.name())).isEqualTo(before);
        assertThat(shares()).containsExactly(2, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "-PT1H"})
    void aStepOfTheRegistrysClockIsNobodysDeath(Duration step) {
        SteppingClock clock = SteppingClock.of(deployment);
        LeasingWorker a = start("a", 4);
        LeasingWorker b = start("b", 4);
        awaitShares(2, 2);
        List<String> before = List.of(a.name(), b.name());
        Await.until(PATIENCE, "both watch each other", () -> renewals(a) > 15 && renewals(b) > 15);

        clock.step(step);

        long first = renewals(a);
        long second = renewals(b);
        Await.until(
                PATIENCE,
                "each has seen the other's renewal",
                () -> renewals(a) > first + 5 && renewals(b) > second + 5);
        assertThat(members()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(List.of(a.name(), b.name())).isEqualTo(before);
        assertThat(shares()).containsExactly(2, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "-PT1H"})
    void aStepOfTheRegistrysClockHidesNoDeadOne(Duration step) throws SQLException {
        SteppingClock clock = SteppingClock.of(deployment);
        LeasingWorker a = start("a", 4);
        LeasingWorker b = start("b", 4);
        awaitShares(2, 2);
        a.use("main", 2);

        a.dies();
        clock.step(step);

        Await.until(PATIENCE, "b has all", () -> b.share("main") == 4);
        assertThat(members()).containsExactly(b.name());
    }

    /** As while a group is replaced by workers of a newer release, one by one. */
    @Test
    void oneOfAnOlderReleaseLivesAsLongAsItMovesTheEndOfItsLease() {
        String old = unique("old");
        renewAsAnOlderRelease(old);
        deployment.executeInRegistry("INSERT INTO tenantry.connection_lease (group_id, application_name, server, cap,"
                + " connections) VALUES ('group', '" + old + "', 'main', 4, 2)");
        LeasingWorker b = start("b", 4);

        Await.until(PATIENCE, "both have renewed for twice as long as a lease lasts", () -> {
            renewAsAnOlderRelease(old);
            return b.holds() && renewals(b) > 25;
        });
        assertThat(members()).containsExactly(old, b.name());
        assertThat(b.share("main")).isEqualTo(2);

        Await.until(PATIENCE, "b has all when the old one renews no more", () -> b.share("main") == 4);
        assertThat(members()).containsExactly(b.name());
    }

    private void renewAsAnOlderRelease(String name) {
        deployment.executeInRegistry("INSERT INTO tenantry.worker (group_id, application_name, expires_at) VALUES"
                + " ('group', '" + name + "', clock_timestamp() + interval '2 s') ON CONFLICT (group_id,"
                + " application_name) DO UPDATE SET expires_at = excluded.expires_at");
    }

    @Test
    void ofDifferentCapsTheSmallestCountsUntilItsWorkerLeaves() {
        start("a", 16);
        awaitShares(16);
        start("b", 6);
        awaitShares(3, 3);

        stop(1);
        awaitShares(16);
    }

    @Test
    void allOfThemAtOnce() {
        List<LeasingWorker> all = IntStream.range(0, 8)
                .mapToObj(number -> worker("w" + number, Map.of("main", 20)))
                .toList();
        all.forEach(LeasingWorker::start);

        Await.until(PATIENCE, "all work", () -> all.stream().allMatch(LeasingWorker::holds));
        Await.until(
                PATIENCE,
                "with the whole cap",
                () -> shares().stream().sorted().toList().equals(List.of(2, 2, 2, 2, 3, 3, 3, 3)));
        assertThat(leased()).isEqualTo(20);
    }

    private LeasingWorker start(String name, int cap) {
        return start(name, Map.of("main", cap));
    }

    private LeasingWorker start(String name, Map<String, Integer> caps) {
        return startIn("group", name, caps);
    }

    private LeasingWorker startIn(String group, String name, Map<String, Integer> caps) {
        LeasingWorker worker = new LeasingWorker(deployment, registrySettings(), group, unique(name), caps);
        workers.add(worker);
        worker.start();
        return worker;
    }

    private LeasingWorker worker(String name, Map<String, Integer> caps) {
        LeasingWorker worker = new LeasingWorker(deployment, registrySettings(), "group", unique(name), caps);
        workers.add(worker);
        return worker;
    }

    /** All tests share the server. */
    private String unique(String name) {
        return "leasing " + deployment.tenantDatabase() + " " + name;
    }

    private void stop(int number) {
        workers.remove(number).close();
    }

    private void awaitShares(Integer... shares) {
        Await.until(PATIENCE, "the shares are " + List.of(shares), () -> {
            if (!shares().equals(List.of(shares))) {
                throw new IllegalStateException("they are " + shares());
            }
            return true;
        });
        workers.forEach(worker -> assertThat(worker.await(PATIENCE)).isTrue());
    }

    private List<Integer> shares() {
        return workers.stream().map(worker -> worker.share("main")).toList();
    }

    private int leased() {
        return Integer.parseInt(deployment
                .queryRegistry("SELECT sum(connections) FROM tenantry.connection_lease WHERE server = 'main'")
                .get(0));
    }

    private List<String> members() {
        return deployment.queryRegistry("SELECT application_name FROM tenantry.worker ORDER BY joined");
    }

    private List<String> catalogs() {
        return deployment.queryRegistry(
                "SELECT concat_ws(' ', application_name, database, head, versions) FROM" + " tenantry.worker_catalog");
    }

    private long renewals(LeasingWorker worker) {
        return Long.parseLong(deployment
                .queryRegistry("SELECT renewals FROM tenantry.worker WHERE application_name = '" + worker.name() + "'")
                .get(0));
    }

    private int overdue() {
        return deployment
                .queryRegistry("SELECT application_name FROM tenantry.worker WHERE expires_at < now()")
                .size();
    }

    private int sessions(String applicationName) {
        return deployment
                .query("SELECT pid FROM pg_stat_activity WHERE application_name = '" + applicationName + "'")
                .size();
    }

    private RegistrySettings registrySettings() {
        return deployment.settings().registry();
    }
}

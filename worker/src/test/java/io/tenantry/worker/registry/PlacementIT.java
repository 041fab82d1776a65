package io.tenantry.worker.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.RequestType;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.DriftRules;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.ServerShare;
import io.tenantry.worker.config.VerifyAfter;
import io.tenantry.worker.scenario.MigratedRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several workers place new tenants at once. */
class PlacementIT {
    private static final String PLACED =
            "SELECT concat_ws(' ', tenant, database, server) FROM tenantry.placement ORDER BY 1";

    private static final DatabaseSettings USERS = database("users", share("a", 12), share("b", 20));
    private static final DatabaseSettings BILLING = database("billing", share("a", 3));

    private final PlacementTable table = new PlacementTable();

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    /** 4 workers ask for the same 40 tenants, each in another order. */
    @Test
    void noServerGetsMoreThanItMayHaveAndTheFirstChoiceStays() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(4);
        try {
            Callable<Map<String, Placements>> worker = () -> {
                Map<String, Placements> answers = new HashMap<>();
                List<Integer> order =
                        new ArrayList<>(IntStream.range(0, 10).boxed().toList());
                Collections.shuffle(order);
                for (int batch : order) {
                    List<NewTenant> tenants = IntStream.range(batch * 4, batch * 4 + 4)
                            .mapToObj(number -> new NewTenant("t" + number, List.of(USERS)))
                            .toList();
                    List<Placements> placed = place(tenants);
                    for (int i = 0; i < tenants.size(); i++) {
                        answers.put(tenants.get(i).tenant(), placed.get(i));
                    }
                }
                return answers;
            };
            List<Future<Map<String, Placements>>> answers = workers.invokeAll(List.of(worker, worker, worker, worker));

            assertThat(control.deployment()
                            .queryRegistry("SELECT server || ' ' || count(*) FROM tenantry.placement GROUP BY server"
                                    + " ORDER BY 1"))
                    .containsExactly("a 12", "b 20");
            for (Future<Map<String, Placements>> one : answers) {
                assertThat(servers(one)).isEqualTo(servers(answers.get(0)));
                assertThat(one.get().values().stream()
                                .filter(next -> next.server("users").isEmpty()))
                        .hasSize(8)
                        .allSatisfy(next -> assertThat(next.full()).containsOnlyKeys("users"));
            }
        } finally {
            workers.shutdownNow();
        }
    }

    @Test
    void aTenantWithAHomeStaysThereAndIsNotRefused() throws SQLException {
        register("acme", "users", "b");
        register("globex", "billing", "a");
        register("hooli", "billing", "a");
        register("initech", "billing", "a");

        assertThat(place("acme", USERS)).isEqualTo(placed("users", "b"));
        assertThat(place("globex", BILLING)).isEqualTo(placed("billing", "a"));
        assertThat(place("new", BILLING)).isEqualTo(Placements.refused(Map.of("billing", "a 3 of 3")));
        assertThat(control.deployment().queryRegistry(PLACED)).isEmpty();
    }

    @Test
    void oneDatabaseThatIsFullKeepsTheTenantOutOfAll() throws SQLException {
        for (String tenant : List.of("one", "two", "three")) {
            assertThat(place(tenant, BILLING, USERS).full()).isEmpty();
        }

        assertThat(place("four", BILLING, USERS).servers()).isEmpty();
        assertThat(control.deployment().queryRegistry(PLACED)).hasSize(6);
        assertThat(place("two", BILLING, USERS).full()).as("placed before").isEmpty();
    }

    @Test
    void thePlacementOfARegisteredHomeIsForgottenAndStillTakesItsRoom() throws SQLException {
        place("one", BILLING);
        place("two", BILLING);
        register("one", "billing", "a");

        assertThat(place("three", BILLING).servers()).isEqualTo(Map.of("billing", "a"));
        assertThat(place("four", BILLING).full()).containsOnlyKeys("billing");
        assertThat(control.deployment().queryRegistry(PLACED)).containsExactly("three billing a", "two billing a");
    }

    @Test
    void aSignupThatFailedAndMadeNothingGivesItsPlaceBackUnlessAnotherTryWasToldOfIt() throws SQLException {
        Placements one = place("one", BILLING, USERS);
        Placements two = place("two", BILLING, USERS);
        assertThat(place("two", BILLING, USERS)).isEqualTo(Placements.of(two.servers()));
        Placements three = place("three", BILLING, USERS);
        control.deployment().executeInRegistry("UPDATE tenantry.placement SET tries = NULL WHERE tenant = 'three'");
        assertThat(place("four", BILLING).full()).containsOnlyKeys("billing");

        giveBack(one, "billing", "users");
        giveBack(two, "billing");
        giveBack(three, "billing");

        assertThat(control.deployment().queryRegistry(PLACED))
                .containsExactly("three billing a", "three users b", "two billing a", "two users b");
        assertThat(place("four", BILLING).servers()).isEqualTo(Map.of("billing", "a"));
        assertThat(place("one", BILLING).full())
                .as("its place is another one's now")
                .containsOnlyKeys("billing");
    }

    /** The other try has asked, and has not read the answer. */
    @Test
    void aPlaceIsNotGivenBackWhileAnotherTryIsToldOfIt() throws Exception {
        Placements first = place("one", BILLING);
        try (Connection other = control.deployment().connectToRegistry()) {
            other.setAutoCommit(false);
            table.place(other, List.of(new NewTenant("one", List.of(BILLING))));
            giveBack(first, "billing");
            other.commit();
        }
        assertThat(control.deployment().queryRegistry(PLACED)).containsExactly("one billing a");
    }

    /** The first settling was committed, and its answer was lost; the next signup of the tenant was placed before it came again. */
    @Test
    void aSettlingThatIsRepeatedDoesNotGiveBackANewerPlace() throws SQLException {
        Placements first = place("one", USERS);
        giveBack(first, "users");
        place("one", USERS);

        giveBack(first, "users");

        assertThat(control.deployment().queryRegistry(PLACED)).containsExactly("one users b");
    }

    /** A worker lost the partition of a signup and got it again, and the registry was away meanwhile. */
    @Test
    void twoTriesThatAskInOneTransactionBothKeepThePlace() throws SQLException {
        NewTenant one = new NewTenant("one", List.of(USERS));
        for (Placements told : place(List.of(one, one))) {
            giveBack(told, "users");
        }
        assertThat(control.deployment().queryRegistry(PLACED)).containsExactly("one users b");
    }

    /** The configuration had two servers, and has one without a limit. */
    @Test
    void aSignupIsToldOfAnEarlierPlaceAlsoWhereThereIsNoChoiceAnyMore() throws SQLException {
        place("one", USERS, BILLING);

        assertThat(known("one", RequestType.ONBOARDING).servers()).isEqualTo(Map.of("users", "b", "billing", "a"));
        assertThat(known("one", RequestType.MIGRATION)).isEqualTo(Placements.NONE);
        assertThat(known("two", RequestType.ONBOARDING)).isEqualTo(Placements.NONE);
        assertThat(place("one", database("users", new ServerShare("c", OptionalInt.empty()))))
                .isEqualTo(placed("users", "b"));
    }

    private Placements known(String tenant, RequestType type) throws SQLException {
        RequestRef request = new RequestRef("1", "/test", type.event().type(), "t", 0, 0);
        return control.registry()
                .lookUp(List.of(new LookUp(request, tenant, null)))
                .get(0)
                .placements();
    }

    private void giveBack(Placements told, String... databases) throws SQLException {
        Set<Long> freed = told.madeIn(Set.of(databases));
        control.registry()
                .settle(List.of(), List.of(new Registration("any", false, Map.of(), List.of(), freed)), List.of());
    }

    private static Map<String, Map<String, String>> servers(Future<Map<String, Placements>> placed) throws Exception {
        Map<String, Map<String, String>> servers = new HashMap<>();
        placed.get().forEach((tenant, next) -> servers.put(tenant, next.servers()));
        return servers;
    }

    private Placements place(String tenant, DatabaseSettings... databases) throws SQLException {
        return place(List.of(new NewTenant(tenant, List.of(databases)))).get(0);
    }

    private List<Placements> place(List<NewTenant> tenants) throws SQLException {
        return control.registry().inTransaction(connection -> table.place(connection, tenants));
    }

    private void register(String tenant, String database, String server) throws SQLException {
        RegisteredHome home = new RegisteredHome(tenant, database, server, tenant, "1", null, null, null);
        control.registry().inTransaction(connection -> {
            new HomeRows().write(connection, home);
            return home;
        });
    }

    private static Placements placed(String database, String server) {
        return Placements.of(Map.of(database, server));
    }

    private static ServerShare share(String server, int most) {
        return new ServerShare(server, OptionalInt.of(most));
    }

    private static DatabaseSettings database(String name, ServerShare... servers) {
        return new DatabaseSettings(
                name,
                List.of(servers),
                Isolation.SCHEMA,
                name + "_{tenant}",
                Path.of(name),
                List.of(),
                false,
                Set.of(),
                new DriftRules(VerifyAfter.NEVER, List.of()));
    }
}

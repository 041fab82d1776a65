package io.tenantry.worker.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Results;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One named database on two servers, of which the second is another database of the same PostgreSQL. */
class SeveralServersIT {
    private static final String HOMES = "SELECT tenant || ' ' || server FROM tenantry.tenant_home ORDER BY 1";

    private final Deployment deployment = Deployment.create();

    @BeforeEach
    void deploy() throws Exception {
        deployment.database("users").withTwoTables();
        deployment.serverBeside("second");
        deployment.withTopics();
    }

    private void onBothServers() {
        deployment.with("databases.users.server", "");
        deployment.with("databases.users.servers.main.max-tenants", "1");
        deployment.with("databases.users.servers.second.max-tenants", "2");
        deployment.startWorker();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void newTenantsGoWhereThereIsRoomAndAKilledSignupsNextTryToTheSameServer() {
        onBothServers();
        assertThat(signUp("first").databases())
                .extracting(DatabaseResult::server)
                .containsExactly("second");
        // What a worker leaves that was killed after it had chosen; both have room for one, and main would be next.
        deployment.executeInRegistry("INSERT INTO tenantry.placement VALUES ('killed', 'users', 'second')");
        assertThat(signUp("killed").databases())
                .extracting(DatabaseResult::server, DatabaseResult::applied)
                .containsExactly(tuple("second", List.of("1", "2")));
        assertThat(signUp("last").outcome()).isEqualTo(Outcome.COMPLETED);

        TenantResult refused = signUp("late");
        assertThat(refused.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(Objects.requireNonNull(refused.error()).code()).isEqualTo(ErrorCode.TENANT_LIMIT);
        assertThat(refused.error().message()).contains("database users").contains("main 1 of 1, second 2 of 2");
        assertThat(signUp("first").outcome()).as("a known tenant").isEqualTo(Outcome.UP_TO_DATE);

        assertThat(deployment.queryRegistry(HOMES)).containsExactly("first second", "killed second", "last main");
        assertThat(deployment.query(
                        deployment.databaseBeside("second"), "SELECT count(*) FROM users_killed.flyway_schema_history"))
                .containsExactly("2");
        assertThat(deployment.query(
                        "SELECT 1 FROM pg_namespace WHERE nspname IN ('users_first', 'users_killed', 'users_late')"))
                .isEmpty();

        rebuildFindsThemOnBothServers();
    }

    @Test
    void aSignupThatFailsAndMakesNothingTakesNoRoomAndItsNextTryIsPlacedAgain() {
        onBothServers();
        deployment.execute(deployment.databaseBeside("second"), "CREATE SCHEMA users_taken");

        TenantResult refused = signUp("taken");

        assertThat(Results.error(refused).code()).isEqualTo(ErrorCode.LOCATION_TAKEN);
        assertThat(refused.databases()).extracting(DatabaseResult::server).containsExactly("second");
        assertThat(deployment.queryRegistry("SELECT tenant FROM tenantry.placement"))
                .isEmpty();
        assertThat(signUp("first").databases())
                .extracting(DatabaseResult::server)
                .containsExactly("second");
        assertThat(signUp("taken").databases())
                .as("both have room for one")
                .extracting(DatabaseResult::server, DatabaseResult::outcome)
                .containsExactly(tuple("main", Outcome.COMPLETED));
    }

    @Test
    void asManyOfManySignupsAtOnceAsThereIsRoomAndKnownTenantsAreNeverRefused() {
        onBothServers();
        deployment.startWorker();
        deployment.startWorker();
        List<TenantCreated> many = IntStream.range(0, 10)
                .mapToObj(number -> new TenantCreated("tenant" + number, List.of(), Map.of()))
                .toList();
        List<TenantResult> results = deployment.events().publishAll(many).stream()
                .map(deployment.results()::data)
                .toList();

        assertThat(results)
                .filteredOn(result -> result.outcome() == Outcome.COMPLETED)
                .hasSize(3);
        assertThat(results)
                .filteredOn(result -> result.outcome() == Outcome.FAILED)
                .hasSize(7)
                .allSatisfy(result -> assertThat(Results.error(result).code()).isEqualTo(ErrorCode.TENANT_LIMIT));
        assertThat(deployment.queryRegistry(
                        "SELECT server || ' ' || count(*) FROM tenantry.tenant_home GROUP BY server ORDER BY 1"))
                .containsExactly("main 1", "second 2");

        deployment.with("databases.users.servers.second.max-tenants", "1");
        deployment.database("billing").withTwoTables();
        deployment.database("archive").withTwoTables();
        deployment.with("databases.billing.max-tenants", "1");
        deployment.executeInRegistry("INSERT INTO tenantry.placement VALUES ('other', 'billing', 'main')");
        deployment.replaceWorkers();
        List<String> registered = deployment.queryRegistry("SELECT tenant FROM tenantry.tenant ORDER BY 1");
        for (String known : registered) {
            TenantCreated again = new TenantCreated(known, List.of(), Map.of("plan", "gold"));
            TenantResult result = deployment.results().data(deployment.events().publish(again));
            assertThat(result.outcome()).isEqualTo(Outcome.UP_TO_DATE);
            assertThat(result.error()).isNull();
            assertThat(result.databases())
                    .as("new homes are made in all databases or in none")
                    .extracting(DatabaseResult::database, DatabaseResult::outcome)
                    .containsExactly(
                            tuple("users", Outcome.UP_TO_DATE),
                            tuple("billing", Outcome.SKIPPED),
                            tuple("archive", Outcome.SKIPPED));
            assertThat(Objects.requireNonNull(result.databases().get(2).error()).message())
                    .startsWith(
                            "the servers of database billing have as many tenants as they may have (main 1 of 1); the"
                                    + " tenant got no new home");
            assertThat(deployment
                            .results()
                            .data(deployment.events().migrate(known, "latest"))
                            .outcome())
                    .isEqualTo(Outcome.UP_TO_DATE);
        }
        assertThat(deployment.queryRegistry("SELECT DISTINCT attributes->>'plan' FROM tenantry.tenant"))
                .containsExactly("gold");
        TenantCreated named = new TenantCreated(registered.get(0), List.of("billing"), Map.of());
        assertThat(Results.error(deployment.results().data(deployment.events().publish(named)))
                        .code())
                .isEqualTo(ErrorCode.TENANT_LIMIT);
        assertThat(Results.error(signUp("late")).message())
                .contains("main 1 of 1, second 2 of 1")
                .contains("nothing was done");
    }

    /** An empty schema may be left at the place. */
    @Test
    void aSignupThatWasNotToldOfAPlaceDoesNotGiveItBack() {
        onBothServers();
        deployment.executeInRegistry(
                "INSERT INTO tenantry.placement (tenant, database, server, tries) VALUES ('half', 'users', 'second', 1)");

        TenantResult refused = deployment
                .results()
                .data(deployment.events().publish(new TenantCreated("half", List.of("typo"), Map.of())));

        assertThat(Results.error(refused).code()).isEqualTo(ErrorCode.UNKNOWN_DATABASE);
        assertThat(deployment.queryRegistry("SELECT server FROM tenantry.placement"))
                .containsExactly("second");
        assertThat(signUp("half").databases())
                .extracting(DatabaseResult::server)
                .containsExactly("second");
    }

    @Test
    void anOpenPlaceCountsAlsoWhenOneServerWithoutALimitIsLeft() {
        deployment.startWorker();
        deployment.executeInRegistry(
                "INSERT INTO tenantry.placement VALUES ('open', 'users', 'second')," + " ('lost', 'users', 'gone')");

        assertThat(signUp("open").databases())
                .extracting(DatabaseResult::server, DatabaseResult::applied)
                .containsExactly(tuple("second", List.of("1", "2")));
        TenantResult refused = signUp("lost");
        assertThat(Results.error(refused).code()).isEqualTo(ErrorCode.UNKNOWN_DATABASE);
        assertThat(Results.error(refused).message())
                .isEqualTo("tenant lost was placed in database users on server gone, which is not in the configuration;"
                        + " nothing was done: configure the server, or, if an earlier try of its signup made nothing there,"
                        + " run `tenantry tenants forget lost`; then send the signup again with a new id");
        CommandLineRun.on(deployment, "tenants", "forget", "lost", "--yes");
        assertThat(signUp("lost").databases())
                .extracting(DatabaseResult::server)
                .containsExactly("main");
    }

    private void rebuildFindsThemOnBothServers() {
        deployment.executeInRegistry("TRUNCATE tenantry.tenant CASCADE");
        deployment.execute(
                "CREATE SCHEMA users_first; COMMENT ON SCHEMA users_first IS 'tenantry tenant=first database=users'");

        CommandLineRun run = CommandLineRun.on(deployment, "registry", "rebuild", "--yes");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out())
                .contains("ambiguous: first, database users: ")
                .contains("marked as this home: main/users_first, second/users_first; nothing is written");
        assertThat(deployment.queryRegistry(HOMES)).containsExactly("killed second", "last main");

        rebuildKnowsARegisteredHomeFromItsCopyAndAServerThatHasANewName();
    }

    private void rebuildKnowsARegisteredHomeFromItsCopyAndAServerThatHasANewName() {
        deployment.executeInRegistry("UPDATE tenantry.tenant_home SET server = 'old-name' WHERE tenant = 'last'");
        deployment.execute(
                "CREATE SCHEMA users_killed; COMMENT ON SCHEMA users_killed IS 'tenantry tenant=killed database=users'");

        CommandLineRun run = CommandLineRun.on(deployment, "registry", "rebuild", "--yes");

        assertThat(run.out())
                .contains("copied: killed, database users: second/users_killed: version 2; also marked as this home:"
                        + " main/users_killed (correct the comment of the copy)")
                .contains("location: last, database users: main/users_last: version 2, in the registry 2; registered at"
                        + " old-name/users_last - written");
        assertThat(deployment.queryRegistry(HOMES)).containsExactly("killed second", "last main");
    }

    private TenantResult signUp(String tenant) {
        return deployment.results().data(deployment.events().signUp(tenant));
    }
}

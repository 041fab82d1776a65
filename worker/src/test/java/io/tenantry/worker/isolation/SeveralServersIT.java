package io.tenantry.worker.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.scenario.Deployment;
import java.util.List;
import java.util.Objects;
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
        deployment.with("databases.users.server", "");
        deployment.with("databases.users.servers.main.max-tenants", "1");
        deployment.with("databases.users.servers.second.max-tenants", "2");
        deployment.withTopics();
        deployment.startWorker();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void newTenantsGoWhereThereIsRoomAndAKilledSignupsNextTryToTheSameServer() {
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
    }

    private TenantResult signUp(String tenant) {
        return deployment.results().data(deployment.events().signUp(tenant));
    }
}

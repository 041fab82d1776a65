package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.EventType;
import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.RolloutCounts;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.Wave;
import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Scrape;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.FreePort;
import io.tenantry.worker.stack.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A fleet that Alembic has made is adopted, by a command that is killed at full size, upgraded by a rollout, and without drift
 * then: steps 1, 3, 4 and 5 of the page {@code docs/from-alembic.md}.
 */
@Tag("guarantee")
@Order(4)
class AlembicFleetIT {
    private static final int TENANTS = Scale.isFull() ? 100 : 10;
    private static final int BEHIND = 2;
    private static final String FIRST_REVISION = "1f2ac0e94b71";
    /** One has been altered by hand. */
    private static final int ADOPTED = TENANTS - 1;

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final String MARKED =
            "SELECT count(*) FROM pg_namespace WHERE obj_description(oid, 'pg_namespace') LIKE 'tenantry tenant=%'";
    private static final String HALF_DONE =
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'users_t%' AND (obj_description(oid, 'pg_namespace') IS NULL) <>"
                    + " (to_regclass(nspname || '.flyway_schema_history') IS NULL)";
    private static final String VERSIONS =
            "SELECT version || ': ' || count(*) FROM tenantry.tenant_home WHERE fingerprint IS NOT NULL GROUP BY version ORDER"
                    + " BY version";

    private final Deployment deployment = Deployment.create();
    private final int port = FreePort.pick();

    @BeforeEach
    void deploy() throws Exception {
        Alembic.require();
        deployment.database("users");
        deployment.with("http.port", Integer.toString(port)).withTopics();
        try (Registry registry = new Registry(deployment.settings().registry(), "test")) {
            registry.migrate();
        }
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void isAdoptedAsItIsAndUpgradedByARollout() throws Exception {
        List<String> map = new ArrayList<>(
                Alembic.migrations(deployment.settings().databases().get(0).migrations()));
        ServerSettings main =
                Objects.requireNonNull(deployment.settings().servers().get("main"));
        Alembic.fleet(
                main.url()
                        .replace(
                                "jdbc:postgresql://",
                                "postgresql://" + main.user() + ":"
                                        + main.password().reveal() + "@"),
                "--prefix=users_",
                "--tenants=" + TENANTS,
                "--behind=" + BEHIND,
                "--at=" + FIRST_REVISION);
        deployment.executeAsWorker("ALTER TABLE users_t1.account ADD COLUMN note text");

        CommandLineRun look = adopt(map);
        assertThat(look.err())
                .contains(TENANTS + " homes: " + ADOPTED + " adoptable, 1 different; nothing was written");
        assertThat(look.out())
                .contains("adoptable: main/users_t2: tenant t2, version 2 (alembic_version 8c41d7b3e205, by --map)")
                .contains("different: main/users_t1: 1 difference from version 2")
                .contains("extra column account.note: text");
        assertThat(deployment.query(MARKED)).containsExactly("0");

        if (Scale.isFull()) {
            for (int homes : List.of(1, TENANTS / 3, TENANTS / 2)) {
                killWhileAdopting(map, homes);
            }
        }
        map.add("--yes");
        assertThat(adopt(map).out()).contains("different: main/users_t1").doesNotContain("unreadable");
        assertThat(deployment.query(HALF_DONE)).isEmpty();
        assertThat(deployment.queryRegistry(VERSIONS)).containsExactly("1: " + BEHIND, "2: " + (ADOPTED - BEHIND));

        deployment.database("users").with("V3__note.sql", "ALTER TABLE account ADD COLUMN note text;");
        deployment.startWorker();
        deployment
                .events()
                .publish(new RolloutRequested(
                        "first",
                        List.of(),
                        "latest",
                        List.of(new Wave("canary", 2, null), new Wave(null, null, 100)),
                        HaltRule.FIRST_FAILURE));
        RolloutCounts counts = deployment
                .rolloutEvents()
                .await(EventType.ROLLOUT_COMPLETED)
                .data()
                .counts();

        assertThat(counts.completed()).isEqualTo(ADOPTED);
        assertThat(deployment.queryRegistry(VERSIONS)).containsExactly("3: " + ADOPTED);
        assertThat(Scrape.of(port).text())
                .as("two scripts where Alembic had made one, and none by Flyway")
                .contains("tenantry_migrations_total{database=\"users\",way=\"plan\"} " + (ADOPTED + BEHIND))
                .contains("tenantry_migrations_total{database=\"users\",way=\"flyway\"} 0");
        assertThat(deployment.query("SELECT version_num FROM users_t1.alembic_version UNION ALL SELECT version_num FROM"
                        + " users_t2.alembic_version"))
                .containsExactly("8c41d7b3e205", "8c41d7b3e205");
        CommandLineRun drift = CommandLineRun.on(deployment, "drift");
        assertThat(drift.status()).as(drift.out() + drift.err()).isZero();
        assertThat(drift.out())
                .contains(ADOPTED + " homes compared: " + ADOPTED + " as their migrations make them, 0 drifted");
    }

    /** Kills the command when so many homes are marked; what it leaves is whole. */
    private void killWhileAdopting(List<String> map, int homes) {
        List<String> words = new ArrayList<>(List.of("adopt", "--database", "users", "--yes"));
        words.addAll(map);
        AppProcess command = deployment.startCommand(words.toArray(String[]::new));
        Await.until(
                DEADLINE,
                homes + " homes are marked",
                () -> Integer.parseInt(deployment.query(MARKED).get(0)) >= homes);
        command.signal(Signal.KILL);
        command.awaitExit();
        assertThat(Integer.parseInt(deployment.query(MARKED).get(0)))
                .as("it was at work")
                .isLessThan(ADOPTED);
        assertThat(deployment.query(HALF_DONE)).isEmpty();
    }

    private CommandLineRun adopt(List<String> options) {
        List<String> words = new ArrayList<>(List.of("adopt", "--database", "users"));
        words.addAll(options);
        return CommandLineRun.on(deployment, words.toArray(String[]::new));
    }
}

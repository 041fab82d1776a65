package io.tenantry.worker.operator.adopt;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.MigratedRegistry;
import io.tenantry.worker.scenario.RolloutRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code adopt} and {@code tenants forget}: homes that were there before Tenantry. */
class AdoptIT {
    private static final String HOMES =
            "SELECT concat_ws(' ', tenant, database, server, location, version, CASE WHEN fingerprint IS NOT NULL THEN 'known'"
                    + " END) FROM tenantry.tenant_home ORDER BY 1";
    private static final String MARKS =
            "SELECT nspname FROM pg_namespace WHERE starts_with(obj_description(oid, 'pg_namespace'), 'tenantry tenant=') ORDER"
                    + " BY 1";

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    private Deployment deployment;
    private Server server;
    private MigrationCatalog catalog;

    @BeforeEach
    void start() throws Exception {
        deployment = control.deployment();
        deployment.settingsFile();
        server = new Server(
                Objects.requireNonNull(deployment.settings().servers().get("main")),
                new SessionTimeouts(Duration.ofSeconds(2), Duration.ZERO),
                "adopt test");
        catalog = FlywayEngine.load(
                "users", deployment.settings().databases().get(0).migrations(), List.of(), server.dataSource());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void takesOverWhatFlywayHasMadeAndSaysWhyNotTheRest() throws Exception {
        byFlyway("old_acme", "2");
        byFlyway("old_globex", "1");
        deployment.executeAsWorker("CREATE SCHEMA old_wonka; CREATE SCHEMA other");
        // Each of these is refused for one reason.
        byFlyway("old_Initech", "2");
        for (String schema : List.of("old_hooli", "old_tables", "old_stark", "old_wayne", "old_newer", "old_failed")) {
            byFlyway(schema, "2");
        }
        deployment.execute("CREATE SCHEMA old_umbrella; CREATE TABLE old_tables.by_hand (id int);"
                + " COMMENT ON SCHEMA old_hooli IS 'our best customer';"
                + " UPDATE old_wayne.flyway_schema_history SET checksum = 7 WHERE version = '2';"
                + " UPDATE old_newer.flyway_schema_history SET version = '9' WHERE version = '2';"
                + " UPDATE old_failed.flyway_schema_history SET success = false WHERE version = '2'");
        deployment.executeInRegistry(
                "INSERT INTO tenantry.tenant VALUES ('stark'); INSERT INTO tenantry.tenant_home (tenant,"
                        + " database, server, location) VALUES ('stark', 'users', 'main', 'users_stark')");

        CommandLineRun look = adopt();

        assertThat(look.status()).isEqualTo(1);
        assertThat(look.lines())
                .containsExactly(
                        "refused: main/old_Initech: 'Initech' is no name of a tenant ([a-z0-9][a-z0-9_-]{0,47}): rename the schema",
                        "adoptable: main/old_acme: tenant acme, version 2 (flyway_schema_history)",
                        "refused: main/old_failed: V2__invoice.sql failed there: finish or undo its work, and repair the"
                                + " history by `flyway repair`",
                        "adoptable: main/old_globex: tenant globex, version 1 (flyway_schema_history)",
                        "refused: main/old_hooli: it has the comment \"our best customer\", which the mark would overwrite: remove"
                                + " it with COMMENT ON SCHEMA \"old_hooli\" IS NULL if nobody needs it",
                        "refused: main/old_newer: its version 9 is newer than the newest of the migrations here, 2: use the"
                                + " release that has it",
                        "refused: main/old_stark: tenant stark is registered at main/users_stark: adopt it after `tenantry"
                                + " tenants forget stark`, if that home is not the right one",
                        "refused: main/old_tables: the worker's role does not own by_hand of role postgres, and migrations of it"
                                + " would fail: ALTER ... OWNER TO the worker's role, or to one of which it is a member",
                        "refused: main/old_umbrella: it belongs to role postgres, and the worker's role is no member of it:"
                                + " migrations would fail; GRANT postgres to the worker's role, or ALTER SCHEMA ... OWNER TO it",
                        look.lines().get(9),
                        "unknown-version: main/old_wonka: it has no table flyway_schema_history");
        assertThat(look.lines().get(9))
                .startsWith(
                        "refused: main/old_wayne: V2__invoice.sql (version 2) was changed after it was applied to schema");
        assertThat(look.err())
                .contains("11 homes: 2 adoptable, 1 unknown-version, 8 refused; nothing was written")
                .contains("adopt them with: tenantry adopt --database users --pattern 'old_{tenant}' --config ")
                .contains(" --yes");
        assertThat(deployment.query(MARKS)).isEmpty();
        assertThat(deployment.queryRegistry(HOMES)).hasSize(1);

        assertThat(adopt("--yes").lines())
                .contains(
                        "adopted: main/old_acme: tenant acme, version 2 (flyway_schema_history)",
                        "adopted: main/old_globex: tenant globex, version 1 (flyway_schema_history)");

        assertThat(deployment.query(MARKS)).containsExactly("old_acme", "old_globex");
        assertThat(deployment.queryRegistry(HOMES))
                .containsExactly(
                        "acme users main old_acme 2 known",
                        "globex users main old_globex 1 known",
                        "stark users main users_stark");
        assertThat(adopt("--yes").err()).contains("11 homes: 2 known, 1 unknown-version, 8 refused");
        assertThat(deployment.queryRegistry("SELECT count(*) FROM tenantry.worker"))
                .as("leases are given back")
                .containsExactly("0");
    }

    @Test
    void goesOnWhereAnEarlierRunWasEndedAndForgetsOnlyTheRegistrysRows() throws Exception {
        byFlyway("old_acme", "2");
        byFlyway("old_globex", "2");
        assertThat(adopt("--yes").status()).isZero();
        // As if it had been killed between the mark and the row.
        deployment.executeInRegistry("DELETE FROM tenantry.tenant WHERE tenant = 'acme'");

        assertThat(adopt("--yes", "--json").json())
                .extracting(home ->
                        home.get("tenant").textValue() + " " + home.get("state").textValue())
                .containsExactlyInAnyOrder("acme adopted", "globex known");
        assertThat(CommandLineRun.on(deployment, "registry", "rebuild").err())
                .contains("2 homes compared: no difference");

        deployment.executeInRegistry(
                "INSERT INTO tenantry.drift_home (shared, key, database, state) VALUES (false, 'acme',"
                        + " 'users', 'clean'); INSERT INTO tenantry.placement (tenant, database, server) VALUES ('acme', 'users', 'main')");
        new RolloutRows(deployment).sent("globex", "one");
        CommandLineRun look = forget("acme", "globex", "nobody");
        assertThat(look.lines())
                .containsExactly(
                        "would be forgotten: acme, users main/old_acme",
                        "refused: globex: rollout spring has it: wait for its end, or give it up with `tenantry rollout abort"
                                + " spring`",
                        "refused: nobody: it is not registered");
        assertThat(look.status()).isEqualTo(1);
        assertThat(deployment.queryRegistry(HOMES)).hasSize(2);
        assertThat(CommandLineRun.on(deployment, "tenants", "--json", "forget", "acme")
                        .status())
                .as("an option that would be lost")
                .isEqualTo(2);
        assertThat(forget("acme", "--yes").status()).isZero();
        assertThat(deployment.queryRegistry(
                        "SELECT tenant FROM tenantry.tenant UNION ALL SELECT key FROM tenantry.drift_home"
                                + " UNION ALL SELECT tenant FROM tenantry.placement"))
                .containsExactly("globex");
        assertThat(deployment.query(MARKS)).as("marks stay").containsExactly("old_acme", "old_globex");
        assertThat(adopt("--yes").err()).contains("2 homes: 1 adopted, 1 known");
    }

    private CommandLineRun adopt(String... options) {
        List<String> arguments = new ArrayList<>(List.of("adopt", "--database", "users", "--pattern", "old_{tenant}"));
        arguments.addAll(List.of(options));
        return CommandLineRun.on(deployment, arguments.toArray(String[]::new));
    }

    private CommandLineRun forget(String... arguments) {
        List<String> all = new ArrayList<>(List.of("tenants", "forget"));
        all.addAll(List.of(arguments));
        return CommandLineRun.on(deployment, all.toArray(String[]::new));
    }

    /** As an application makes it that runs Flyway itself. */
    private void byFlyway(String schema, String target) throws Exception {
        TenantHome home = TenantHome.inSchema("any", "users", "main", schema);
        try (HomeSession session = HomeSession.open(server, home)) {
            session.changed();
            FlywayEngine.configure(catalog.sources(), session.connection(), home)
                    .createSchemas(true)
                    .target(target)
                    .load()
                    .migrate();
        }
    }
}

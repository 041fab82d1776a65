package io.tenantry.worker.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.scenario.Deployment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A template that cannot be made does not keep the others from being made. */
class TemplateKeeperIT {
    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("analytics").isolation(Isolation.DATABASE).withTwoTables();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @ParameterizedTest
    @ValueSource(classes = {V3__ThrowsException.class, V3__ThrowsError.class})
    void aMigrationInJavaThatThrowsEndsOnlyItsOwnTemplate(Class<?> migration) throws Exception {
        Settings settings = deployment.settings();
        List<Error> fatal = new ArrayList<>();
        try (Registry registry = new Registry(settings.registry(), "test");
                Server server = server(settings)) {
            registry.migrate();
            TemplateDatabase broken = template(settings, server, List.of(migration.getName()));
            TemplateDatabase whole = template(settings, server, List.of());
            try (TemplateKeeper keeper = new TemplateKeeper(
                    List.of(broken, whole), Map.of(server.name(), server), registry, "test", fatal::add)) {
                keeper.start();

                assertThat(databases(whole)).hasSize(1);
                assertThat(databases(broken)).isEmpty();
                assertThat(fatal).isEmpty();
            }
        }
    }

    /** Fails as a program with a fault does. */
    public static final class V3__ThrowsException extends BaseJavaMigration {
        @Override
        public void migrate(Context context) {
            throw new IllegalStateException("on purpose");
        }
    }

    /** Fails as a program without an end does. */
    public static final class V3__ThrowsError extends BaseJavaMigration {
        @Override
        public void migrate(Context context) {
            throw new StackOverflowError("on purpose");
        }
    }

    private List<String> databases(TemplateDatabase template) {
        return deployment.query(
                "SELECT datname FROM pg_database WHERE starts_with(datname, '" + template.name() + "')");
    }

    private static Server server(Settings settings) {
        ServerSettings main = Objects.requireNonNull(settings.servers().get("main"));
        return new Server(main, new SessionTimeouts(Duration.ofSeconds(2), Duration.ZERO), "test");
    }

    private static TemplateDatabase template(Settings settings, Server server, List<String> java) throws Exception {
        Path migrations = settings.databases().get(0).migrations();
        return new TemplateDatabase(
                server,
                FlywayEngine.load("analytics", migrations, java, server.dataSource()),
                settings.kafka().groupId());
    }
}

package io.tenantry.worker;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.FlywayEngine;
import io.tenantry.worker.engine.MigrationCatalog;
import io.tenantry.worker.engine.MigrationsRefusedException;
import io.tenantry.worker.engine.Proof;
import io.tenantry.worker.intake.ConsumerSettings;
import io.tenantry.worker.intake.Topics;
import io.tenantry.worker.postgres.Server;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.settle.ProducerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;

/** Whether all that a worker needs is there, before it takes anything on. Collects every fault. */
final class StartupChecks {
    /** The first release with client_connection_check_interval, which ends the sessions of dead workers. */
    private static final int OLDEST_POSTGRESQL = 14;

    private final Settings settings;
    private final List<String> faults = new ArrayList<>();
    private final Map<String, MigrationCatalog> catalogs = new LinkedHashMap<>();

    StartupChecks(Settings settings) {
        this.settings = settings;
    }

    /** One line each, with what to do; empty if nothing is wrong. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    /** By database; complete only if there are no faults. */
    Map<String, MigrationCatalog> catalogs() {
        return Map.copyOf(catalogs);
    }

    /** Checks all; waits for each, a few seconds at most. */
    void run(Registry registry, Map<String, Server> servers) {
        checkKafka();
        check(registry);
        settings.servers().forEach((name, server) -> check(Objects.requireNonNull(servers.get(name)), server.url()));
        settings.databases().forEach(database -> check(database, servers));
    }

    /** Each of the three clients has settings that the others do not know. */
    private void checkKafka() {
        Set<String> refusals = new LinkedHashSet<>();
        ConsumerSettings.fault(settings.kafka()).ifPresent(refusals::add);
        ProducerSettings.fault(settings.kafka()).ifPresent(refusals::add);
        try (Topics topics = new Topics(settings.kafka())) {
            faults.addAll(topics.faults());
        } catch (KafkaException invalid) {
            refusals.add(reason(invalid));
        }
        refusals.forEach(
                refusal -> faults.add("kafka: " + refusal + "; check kafka.bootstrap-servers and kafka.properties"));
    }

    private void check(Registry registry) {
        try {
            registry.migrate();
        } catch (SQLException | MigrationsRefusedException failure) {
            String advice = SqlFailure.of(failure) == SqlFailure.TRANSIENT
                    ? ""
                    : "; check registry.url (" + settings.registry().url()
                            + "), registry.user and registry.password, and that this user may create a schema there";
            faults.add("registry: " + reason(failure) + advice);
        }
    }

    private void check(Server server, String url) {
        try (Connection connection = server.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            int major = connection.getMetaData().getDatabaseMajorVersion();
            if (major < OLDEST_POSTGRESQL) {
                faults.add("server " + server.name() + ": PostgreSQL " + major + " is too old; use " + OLDEST_POSTGRESQL
                        + " or newer");
            }
            checkPrivileges(server.name(), statement);
        } catch (SQLException failure) {
            faults.add("server " + server.name() + ": " + reason(failure) + "; check servers." + server.name()
                    + ".url (" + url + "), .user and .password, and that PostgreSQL runs there");
        }
    }

    private void checkPrivileges(String server, Statement statement) throws SQLException {
        Set<Isolation> here = settings.databases().stream()
                .filter(database -> database.server().equals(server))
                .map(DatabaseSettings::isolation)
                .collect(Collectors.toSet());
        boolean schemas = !here.equals(Set.of(Isolation.DATABASE));
        boolean databases = here.contains(Isolation.DATABASE);
        try (ResultSet row = statement.executeQuery("SELECT has_database_privilege(current_database(), 'CREATE'),"
                + " rolcreatedb OR rolsuper, current_user, current_database() FROM pg_roles WHERE rolname ="
                + " current_user")) {
            if (!row.next()) {
                return;
            }
            if (schemas && !row.getBoolean(1)) {
                faults.add("server " + server + ": the user may not create schemas; GRANT CREATE ON DATABASE \""
                        + row.getString(4) + "\" TO \"" + row.getString(3) + "\"");
            }
            if (databases && !row.getBoolean(2)) {
                faults.add(
                        "server " + server + ": the user may not create databases, which the isolation database needs;"
                                + " ALTER ROLE \"" + row.getString(3) + "\" CREATEDB");
            }
        }
    }

    private void check(DatabaseSettings database, Map<String, Server> servers) {
        String key = "databases." + database.name();
        Server server = servers.get(database.server());
        if (!Files.isDirectory(database.migrations())) {
            faults.add(key + ".migrations: there is no folder "
                    + database.migrations().toAbsolutePath()
                    + "; create it, or name the folder with the migrations of this database");
            return;
        }
        if (server == null || isAway(server)) {
            return;
        }
        try {
            MigrationCatalog catalog =
                    FlywayEngine.load(database.name(), database.migrations(), List.of(), server.dataSource());
            if (catalog.size() == 0) {
                faults.add(key + ".migrations: " + database.migrations().toAbsolutePath()
                        + " holds no migration; they are named like V1__what_it_does.sql");
            }
            catalogs.put(database.name(), planned(database, catalog, server));
        } catch (IOException | MigrationsRefusedException failure) {
            faults.add(key + ".migrations: " + reason(failure) + "; correct the files in "
                    + database.migrations().toAbsolutePath());
        }
    }

    /** What was proven on a schema holds for schemas; all else goes through Flyway. */
    private static MigrationCatalog planned(DatabaseSettings database, MigrationCatalog catalog, Server server) {
        return database.isolation() == Isolation.SCHEMA ? Proof.of(catalog, server) : Proof.read(catalog, server);
    }

    /** Its own fault is in the report; Flyway, which wants a connection, would say it again. */
    private boolean isAway(Server server) {
        return faults.stream().anyMatch(fault -> fault.startsWith("server " + server.name() + ":"));
    }

    /** The chain of causes in one line, since the pool's message alone only says that it gave up. */
    private static String reason(Throwable failure) {
        Set<String> messages = new LinkedHashSet<>();
        Throwable current = failure;
        for (int depth = 0; current != null && depth < 5; depth++) {
            messages.add(String.valueOf(current.getMessage())
                    .lines()
                    .map(String::strip)
                    .collect(Collectors.joining(" ")));
            current = current.getCause();
        }
        return String.join(": ", messages);
    }
}

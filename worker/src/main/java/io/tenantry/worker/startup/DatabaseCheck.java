package io.tenantry.worker.startup;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.proof.PlanVerification;
import io.tenantry.worker.engine.proof.PlanVerifier;
import io.tenantry.worker.engine.proof.VerificationLog;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.connection.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the migrations of one named database, and proves their plans on each of its servers. */
final class DatabaseCheck {
    private final DatabaseSettings database;
    private final List<String> faults;

    /** @param faults receives one line for each fault, with what to do */
    DatabaseCheck(DatabaseSettings database, List<String> faults) {
        this.database = database;
        this.faults = faults;
    }

    /** Whether the folder is there, which needs no server. */
    boolean hasFolder() {
        if (Files.isDirectory(database.migrations())) {
            return true;
        }
        faults.add("databases." + database.name() + ".migrations: there is no folder "
                + database.migrations().toAbsolutePath()
                + "; create it, or name the folder with the migrations of this database");
        return false;
    }

    /**
     * The migrations by server.
     *
     * @param servers those of the database, in the configured order; all can be connected to
     * @return empty if there is a fault
     */
    Map<String, MigrationCatalog> catalogs(List<Server> servers) {
        String key = "databases." + database.name();
        Map<String, MigrationCatalog> catalogs = new LinkedHashMap<>();
        try {
            MigrationCatalog catalog = FlywayEngine.load(
                            database.name(),
                            database.migrations(),
                            database.javaMigrations(),
                            servers.get(0).dataSource())
                    .outOfOrder(database.outOfOrder());
            List<String> found = catalog.faults(database.migrations(), database.allow());
            found.forEach(fault -> faults.add(key + "." + fault));
            if (found.isEmpty()) {
                servers.forEach(server -> catalogs.put(server.name(), planned(catalog, server)));
            }
        } catch (IOException | MigrationsRefusedException failure) {
            faults.add(key + ".migrations: " + FailureMessage.of(failure) + "; correct the files in "
                    + database.migrations().toAbsolutePath());
        }
        return Collections.unmodifiableMap(catalogs);
    }

    /** The trials use a schema, so their plans are used for schemas only; all other homes go through Flyway. */
    private MigrationCatalog planned(MigrationCatalog catalog, Server server) {
        VerificationLog log = new VerificationLog(catalog.database(), catalog.size());
        PlanVerification verification = database.isolation() == Isolation.SCHEMA
                ? PlanVerifier.verify(catalog, server, database.allow(), log::warn)
                : PlanVerifier.read(catalog, server, log::warn);
        log.write(verification);
        return catalog.with(verification.plans());
    }
}

package io.tenantry.worker.operator.home;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.connection.Server;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The migrations of the configured databases, each read when it is first needed. For one thread. */
final class Catalogs {
    private final Settings settings;
    private final Map<String, MigrationCatalog> read = new HashMap<>();

    Catalogs(Settings settings) {
        this.settings = settings;
    }

    /**
     * The migrations of a configured database, of which nothing is proven.
     *
     * @param server asked what PostgreSQL it is; the caller has none of its connections open
     * @throws OperationFailedException if they cannot be read
     */
    MigrationCatalog of(String database, Server server) throws OperationFailedException {
        MigrationCatalog known = read.get(database);
        if (known == null) {
            known = load(database, server);
            read.put(database, known);
        }
        return known;
    }

    private MigrationCatalog load(String name, Server server) throws OperationFailedException {
        DatabaseSettings database = settings.databases().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no database " + name));
        try {
            return FlywayEngine.load(name, database.migrations(), database.javaMigrations(), server.dataSource())
                    .outOfOrder(database.outOfOrder());
        } catch (IOException | MigrationsRefusedException failure) {
            throw new OperationFailedException(
                    "the migrations of database " + name + " cannot be used: " + FailureMessage.of(failure)
                            + "; check databases." + name + ".migrations (" + database.migrations() + ")",
                    failure);
        }
    }
}

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
import java.util.Optional;
import java.util.function.Consumer;

/** The migrations of the configured databases, each read when it is first needed. For one thread. */
public final class Catalogs {
    private final Settings settings;
    private final Consumer<String> unusable;
    private final Map<String, Optional<MigrationCatalog>> read = new HashMap<>();

    /** @param unusable told once for each database why {@link #find} finds nothing */
    public Catalogs(Settings settings, Consumer<String> unusable) {
        this.settings = settings;
        this.unusable = unusable;
    }

    /**
     * The same as {@link #of}; empty if they cannot be read. The first call for a database needs a connection of the
     * server.
     */
    public Optional<MigrationCatalog> find(String database, Server server) {
        Optional<MigrationCatalog> known = read.get(database);
        if (known == null) {
            try {
                ServerReach.require(server);
            } catch (OperationFailedException unreachable) {
                // Another server may answer.
                unusable.accept(String.valueOf(unreachable.getMessage()));
                return Optional.empty();
            }
            known = findOnAnswering(database, server);
        }
        return known;
    }

    /** The same, for a server that was just asked whether it answers. */
    public Optional<MigrationCatalog> findOnAnswering(String database, Server server) {
        Optional<MigrationCatalog> known = read.get(database);
        if (known == null) {
            try {
                known = Optional.of(load(database, server));
            } catch (OperationFailedException failure) {
                unusable.accept(String.valueOf(failure.getMessage()));
                known = Optional.empty();
            }
            read.put(database, known);
        }
        return known;
    }

    /**
     * The migrations of a configured database, of which nothing is proven.
     *
     * @param server asked what PostgreSQL it is; the caller has none of its connections open
     * @throws OperationFailedException if they cannot be read
     */
    public MigrationCatalog of(String database, Server server) throws OperationFailedException {
        Optional<MigrationCatalog> known = read.get(database);
        if (known == null || known.isEmpty()) {
            ServerReach.require(server);
            known = Optional.of(load(database, server));
            read.put(database, known);
        }
        return known.get();
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

package io.tenantry.worker;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.housekeeping.TemplateKeeper;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.request.Fleet;
import io.tenantry.worker.request.HomeServer;
import io.tenantry.worker.request.NamedDatabase;
import io.tenantry.worker.startup.ProvenCatalogs;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the {@link Fleet} of the settings. */
final class ConfiguredFleet {
    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredFleet.class);

    private ConfiguredFleet() {}

    /** The databases with their servers; logs what migrations each has. */
    static Fleet of(Resources resources, ProvenCatalogs catalogs) {
        catalogs.byDatabase()
                .forEach((name, catalog) -> LOG.info(
                        "database {}: {} migrations, head {}",
                        name,
                        catalog.size(),
                        catalog.head().orElse("none")));
        return new Fleet(
                resources.settings().databases().stream()
                        .map(database -> new NamedDatabase(
                                database,
                                database.serverNames().stream()
                                        .map(server -> homeServer(resources, database, server, catalogs))
                                        .toList()))
                        .toList(),
                resources.servers());
    }

    private static HomeServer homeServer(
            Resources resources, DatabaseSettings database, String name, ProvenCatalogs catalogs) {
        Server server = Objects.requireNonNull(resources.servers().get(name));
        MigrationCatalog catalog = catalogs.on(database.name(), name);
        return new HomeServer(
                server,
                new Migrator(catalog),
                TemplateKeeper.template(resources.settings(), database, server, catalog));
    }
}

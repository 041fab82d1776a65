package io.tenantry.worker.request;

import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.postgres.connection.Server;
import org.jspecify.annotations.Nullable;

/**
 * A server for homes of one named database, with what is needed to work on them there.
 *
 * @param migrator with plans that were proven on this server
 * @param template for the databases of new tenants; null if they are created without one
 */
public record HomeServer(
        Server server, Migrator migrator, @Nullable TemplateDatabase template) {
    /** Name in the configuration. */
    public String name() {
        return server.name();
    }
}

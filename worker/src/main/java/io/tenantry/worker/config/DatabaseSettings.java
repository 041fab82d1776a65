package io.tenantry.worker.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * A named logical database with its own migrations.
 *
 * @param servers where new homes are made: at least one, in the order of the file, and exactly one for
 *     {@link Isolation#SHARED}
 * @param location the schema (or database, by {@code isolation}) of a tenant: contains {@code {tenant}} exactly once,
 *     and not at all for {@link Isolation#SHARED}
 * @param migrations the folder with the Flyway scripts; relative to the working directory unless absolute
 * @param javaMigrations names of classes on the class path that are migrations too
 * @param outOfOrder whether a version below a tenant's highest one is applied, as Flyway's {@code outOfOrder} does
 * @param allow scripts, by their names in the history, that may reach outside the schema of a tenant
 */
public record DatabaseSettings(
        String name,
        List<ServerShare> servers,
        Isolation isolation,
        String location,
        Path migrations,
        List<String> javaMigrations,
        boolean outOfOrder,
        Set<String> allow,
        DriftRules drift) {
    public DatabaseSettings {
        servers = List.copyOf(servers);
        javaMigrations = List.copyOf(javaMigrations);
        allow = Set.copyOf(allow);
    }

    /** The first of the servers. With isolation {@link Isolation#SHARED}, it has the home of all. */
    public String firstServer() {
        return servers.get(0).server();
    }

    /** The names of the servers, in the order of the file. */
    public List<String> serverNames() {
        return servers.stream().map(ServerShare::server).toList();
    }
}

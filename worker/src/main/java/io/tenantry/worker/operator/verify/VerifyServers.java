package io.tenantry.worker.operator.verify;

import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.home.LeasedServers;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection of each server: within the cap of the workers' group if the settings have a registry that can be asked, else
 * beside it. For one thread.
 */
final class VerifyServers implements AutoCloseable {
    private final @Nullable LeasedServers leased;
    private final Map<String, Server> own = new LinkedHashMap<>();
    private final Set<String> remarked = new HashSet<>();

    private VerifyServers(@Nullable LeasedServers leased) {
        this.leased = leased;
    }

    /** @param note told whether the connections are leased, and why it waits; may be called by another thread */
    static VerifyServers open(Access access, Collection<String> names, Consumer<String> note)
            throws OperationFailedException {
        Settings settings = access.settings();
        if (settings.registry().url().isEmpty()) {
            note.accept(
                    "the settings name no registry: one connection of each server is used beside the workers' share");
            return withoutLease(settings, names);
        }
        try {
            if (access.outdatedRegistry().isEmpty()) {
                return new VerifyServers(LeasedServers.lease(access, names, note));
            }
            note.accept("the registry has no tables of this release: one connection of each server is used beside the"
                    + " workers' share");
        } catch (OperationFailedException unusable) {
            if (access.interruption().isRequested()) {
                throw unusable;
            }
            note.accept("no connection is leased from the workers' share (" + unusable.getMessage()
                    + "), and verify goes on: one connection of each server is used beside the workers' share");
        }
        return withoutLease(settings, names);
    }

    private static VerifyServers withoutLease(Settings settings, Collection<String> names) {
        VerifyServers servers = new VerifyServers(null);
        SessionTimeouts timeouts = new SessionTimeouts(
                settings.worker().lockTimeout(), settings.worker().statementTimeout());
        for (String name : names) {
            ServerSettings server = Objects.requireNonNull(settings.servers().get(name));
            ServerSettings one = new ServerSettings(name, server.url(), server.user(), server.password(), 1);
            servers.own.put(name, new Server(one, timeouts, Access.applicationName()));
        }
        return servers;
    }

    /**
     * Those on which migrations are tried.
     *
     * @param names servers of one database
     * @param oncePerVersion whether one of each major version of PostgreSQL is enough
     */
    List<TriedServer> tried(List<String> names, boolean oncePerVersion) {
        if (!oncePerVersion || names.size() == 1) {
            return names.stream().map(name -> new TriedServer(name, List.of())).toList();
        }
        Map<String, OptionalInt> versions = new LinkedHashMap<>();
        names.forEach(name -> versions.put(name, version(server(name))));
        return TriedServer.eachVersion(versions);
    }

    /** Says of a server whose role is a superuser what its trial does not find; nothing if it cannot be asked. */
    void remark(String name, Consumer<String> note) {
        if (remarked.add(name)) {
            try {
                if (server(name).isOfSuperuser()) {
                    note.accept(
                            "the role of servers." + name + " is a superuser: what the workers' role may not do is not"
                                    + " found; use a role with the rights of theirs (ops/security)");
                }
            } catch (SQLException unreachable) {
                // The trial says why.
            }
        }
    }

    /** Empty if it cannot be asked; the trial says why. */
    private static OptionalInt version(Server server) {
        try {
            return OptionalInt.of(server.majorVersion());
        } catch (SQLException unreachable) {
            return OptionalInt.empty();
        }
    }

    /** One of them; at most one of its connections may be open at a time. */
    Server server(String name) {
        return leased == null ? Objects.requireNonNull(own.get(name)) : leased.server(name);
    }

    @Override
    public void close() {
        own.values().forEach(Server::close);
        if (leased != null) {
            leased.close();
        }
    }
}

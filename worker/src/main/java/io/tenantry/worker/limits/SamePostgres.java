package io.tenantry.worker.limits;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the servers that were looked at before may take of the same PostgreSQL: several names of the configuration, and the
 * registry, may be one. For one round of looks, by one thread.
 */
public final class SamePostgres {
    /**
     * The start of a PostgreSQL, to the microsecond, tells it from all others, and every role may read it. The system
     * identifier does not: a restored backup has that of its original.
     */
    private static final String SESSION =
            "SELECT extract(epoch FROM pg_postmaster_start_time())::text, current_user, current_database()";

    private final List<Share> shares = new ArrayList<>();

    /** Where a session is, and whose it is. */
    record Session(String postgres, String role, String database) {
        static Session of(Connection connection) throws SQLException {
            return Sql.one(
                    connection, SESSION, row -> new Session(row.getString(1), row.getString(2), row.getString(3)));
        }
    }

    /** What a limit is a limit of. */
    enum Scope {
        SERVER,
        DATABASE,
        ROLE;

        private boolean includes(Session one, Session other) {
            return one.postgres().equals(other.postgres())
                    && switch (this) {
                        case SERVER -> true;
                        case DATABASE -> one.database().equals(other.database());
                        case ROLE -> one.role().equals(other.role());
                    };
        }
    }

    private enum Kind {
        CONNECTIONS,
        LOCKS
    }

    private record Share(String name, Session session, Kind kind, long number) {}

    /** What others take under one limit: how much in all, and who, as the end of a sentence. */
    record Others(long number, String words) {
        private static Others of(List<Share> shares) {
            return new Others(
                    shares.stream().mapToLong(Share::number).sum(),
                    shares.isEmpty()
                            ? ""
                            : shares.stream()
                                    .map(share -> Counted.number(share.number()) + " of " + share.name())
                                    .collect(Collectors.joining(" and ", ", and ", ", the same PostgreSQL")));
        }

        boolean none() {
            return number == 0;
        }
    }

    /**
     * Adds the registry's connections.
     *
     * @param registry a connection of it
     * @param workers that have connections to it
     * @param each connections of each worker, with the one that renews its lease
     */
    public void addRegistry(Connection registry, long workers, int each) throws SQLException {
        String name = "the registry (" + Counted.of(workers, "worker") + ")";
        shares.add(new Share(name, Session.of(registry), Kind.CONNECTIONS, workers * each));
    }

    void addConnections(String server, Session session, long number) {
        shares.add(new Share("server " + server, session, Kind.CONNECTIONS, number));
    }

    void addLocks(String server, Session session, long number) {
        shares.add(new Share("server " + server, session, Kind.LOCKS, number));
    }

    /** Whether nothing else was added that uses the PostgreSQL of this server. */
    public boolean isAlone(String server) {
        List<Share> connections = shares.stream()
                .filter(share -> share.kind() == Kind.CONNECTIONS)
                .toList();
        return connections.stream()
                .filter(share -> share.name().equals("server " + server))
                .noneMatch(own -> connections.stream()
                        .anyMatch(other -> !other.name().equals(own.name())
                                && Scope.SERVER.includes(own.session(), other.session())));
    }

    /** Connections of those that were added, under a limit of this session. */
    Others connections(Session session, Scope scope) {
        return others(share -> share.kind() == Kind.CONNECTIONS && scope.includes(share.session(), session));
    }

    /** Locks of those that were added, in the PostgreSQL of this session. */
    Others locks(Session session) {
        return others(share -> share.kind() == Kind.LOCKS && Scope.SERVER.includes(share.session(), session));
    }

    private Others others(Predicate<Share> wanted) {
        return Others.of(shares.stream().filter(wanted).toList());
    }
}

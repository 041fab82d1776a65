package io.tenantry.worker.registry;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the servers of new homes, and remembers the choice until the home is registered. The first choice stays, so that
 * every further try of a signup makes the home on the same server. Without state: every method works in the caller's
 * transaction.
 */
public final class PlacementTable {
    /** The lock of a database, until the end of the transaction: two choices do not count the same room. */
    private static final String LOCK =
            "SELECT pg_advisory_xact_lock(hashtextextended('tenantry placement ' || ?, 0))::text";

    private static final String DELETE_REGISTERED =
            "DELETE FROM tenantry.placement p USING tenantry.tenant_home h WHERE"
                    + " p.database = ? AND h.tenant = p.tenant AND h.database = p.database";

    private static final String TAKEN = "SELECT server, count(*) FROM (SELECT server FROM tenantry.tenant_home WHERE"
            + " database = ? UNION ALL SELECT server FROM tenantry.placement p WHERE database = ? AND NOT EXISTS (SELECT"
            + " FROM tenantry.tenant_home h WHERE h.tenant = p.tenant AND h.database = p.database)) all_of_them GROUP BY"
            + " server";

    private static final String COUNT = "SELECT database, server, count(*) FROM (SELECT database, server FROM"
            + " tenantry.tenant_home UNION ALL SELECT database, server FROM tenantry.placement p WHERE NOT EXISTS (SELECT"
            + " FROM tenantry.tenant_home h WHERE h.tenant = p.tenant AND h.database = p.database)) all_of_them GROUP BY 1,"
            + " 2";

    private static final String KNOWN =
            "SELECT tenant, server FROM tenantry.tenant_home WHERE database = ? AND tenant = ANY (?)";

    /** Counts and reads in one statement: what is given back at the same moment is not told. */
    private static final String TELL_AGAIN =
            "UPDATE tenantry.placement SET tries = tries + 1 WHERE database = ? AND tenant ="
                    + " ANY (?) RETURNING tenant, server";

    private static final String INSERT =
            "INSERT INTO tenantry.placement (tenant, database, server, tries) SELECT * FROM"
                    + " unnest(?::text[], ?::text[], ?::text[], ?::integer[]) RETURNING tenant, database, number";

    /**
     * By number: a settling that is repeated finds the place that it gave back, and not a newer one of the same tenant. A row
     * that somebody else has locked is being told to another try.
     */
    private static final String GIVE_BACK =
            "DELETE FROM tenantry.placement WHERE number IN (SELECT number FROM tenantry.placement WHERE number = ANY (?)"
                    + " AND tries = 1 FOR UPDATE SKIP LOCKED)";

    /** What is known of one database while its lock is held. */
    private record State(ServerRoom room, Map<String, String> servers) {}

    private record Choice(String tenant, String database, String server) {}

    private record Place(String tenant, String database) {}

    /**
     * Places tenants. A tenant with a home stays on the server of its home, and is never refused.
     *
     * @return an answer for each, in their order
     */
    public List<Placements> place(Connection connection, List<NewTenant> wanted) throws SQLException {
        Map<String, State> databases = lock(connection, wanted);
        List<Placements> answers = new ArrayList<>();
        List<Choice> chosen = new ArrayList<>();
        Map<Place, Integer> told = new HashMap<>();
        for (NewTenant tenant : wanted) {
            Placements next = choose(tenant, databases);
            next.servers().forEach((database, server) -> {
                State state = Objects.requireNonNull(databases.get(database));
                told.merge(new Place(tenant.tenant(), database), 1, Integer::sum);
                if (state.servers().putIfAbsent(tenant.tenant(), server) == null) {
                    state.room().take(server);
                    chosen.add(new Choice(tenant.tenant(), database, server));
                }
            });
            answers.add(next);
        }
        Map<Place, Long> numbers = insert(connection, chosen, told);
        List<Placements> placed = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            placed.add(numbered(wanted.get(i), answers.get(i), numbers));
        }
        return placed;
    }

    /** By name, and locked in that order, so that two transactions do not wait for each other. */
    private static Map<String, State> lock(Connection connection, List<NewTenant> wanted) throws SQLException {
        Map<String, DatabaseSettings> settings = new TreeMap<>();
        wanted.forEach(tenant -> tenant.databases().forEach(database -> settings.put(database.name(), database)));
        Map<String, State> states = new HashMap<>();
        for (DatabaseSettings database : settings.values()) {
            var unused = Sql.query(connection, LOCK, row -> row.getString(1), database.name());
        }
        for (DatabaseSettings database : settings.values()) {
            List<String> tenants = wanted.stream()
                    .filter(tenant -> tenant.databases().contains(database))
                    .map(NewTenant::tenant)
                    .toList();
            states.put(database.name(), state(connection, database, tenants));
        }
        return states;
    }

    private static State state(Connection connection, DatabaseSettings database, List<String> tenants)
            throws SQLException {
        Sql.update(connection, DELETE_REGISTERED, database.name());
        Map<String, Long> taken = new HashMap<>();
        Sql.forEach(
                connection,
                TAKEN,
                row -> taken.put(row.getString(1), row.getLong(2)),
                database.name(),
                database.name());
        Map<String, String> known = new HashMap<>();
        for (String sql : List.of(TELL_AGAIN, KNOWN)) {
            Sql.forEach(
                    connection,
                    sql,
                    row -> known.put(row.getString(1), row.getString(2)),
                    database.name(),
                    connection.createArrayOf("text", tenants.toArray()));
        }
        return new State(new ServerRoom(database.servers(), taken), known);
    }

    /**
     * Gives back the places of signups that failed for good and made nothing. A place that another try was told of stays: that
     * try may have made the home.
     */
    static void giveBack(Connection connection, List<Registration> registrations) throws SQLException {
        Long[] freed =
                registrations.stream().flatMap(one -> one.freed().stream()).toArray(Long[]::new);
        if (freed.length > 0) {
            Sql.update(connection, GIVE_BACK, connection.createArrayOf("bigint", freed));
        }
    }

    /** How many tenants each server has of each database, by database and server; those that were placed included. */
    public Map<String, Map<String, Long>> count(Connection connection) throws SQLException {
        Map<String, Map<String, Long>> tenants = new HashMap<>();
        Sql.forEach(
                connection,
                COUNT,
                row -> tenants.computeIfAbsent(row.getString(1), added -> new HashMap<>())
                        .put(row.getString(2), row.getLong(3)));
        return tenants;
    }

    private static Placements choose(NewTenant tenant, Map<String, State> databases) {
        Map<String, String> servers = new HashMap<>();
        Map<String, String> full = new HashMap<>();
        for (DatabaseSettings database : tenant.databases()) {
            State state = Objects.requireNonNull(databases.get(database.name()));
            @Nullable String known = state.servers().get(tenant.tenant());
            Optional<String> server = known == null ? state.room().next() : Optional.of(known);
            server.ifPresentOrElse(
                    name -> servers.put(database.name(), name),
                    () -> full.put(database.name(), state.room().toString()));
        }
        return full.isEmpty() ? Placements.of(servers) : Placements.refused(full);
    }

    /** The answer, with the numbers of its places that are new. */
    private static Placements numbered(NewTenant tenant, Placements answer, Map<Place, Long> numbers) {
        Map<String, Long> made = new HashMap<>();
        for (String database : answer.servers().keySet()) {
            Long number = numbers.get(new Place(tenant.tenant(), database));
            if (number != null) {
                made.put(database, number);
            }
        }
        return new Placements(answer.servers(), answer.full(), made);
    }

    private static Map<Place, Long> insert(Connection connection, List<Choice> chosen, Map<Place, Integer> told)
            throws SQLException {
        Map<Place, Long> numbers = new HashMap<>();
        if (chosen.isEmpty()) {
            return numbers;
        }
        Columns<Choice> columns = new Columns<>(connection, chosen)
                .add("text", Choice::tenant)
                .add("text", Choice::database)
                .add("text", Choice::server)
                .add("integer", choice -> told.get(new Place(choice.tenant(), choice.database())));
        Sql.forEach(
                connection,
                INSERT,
                row -> numbers.put(new Place(row.getString(1), row.getString(2)), row.getLong(3)),
                columns.parameters());
        return numbers;
    }
}

package io.tenantry.worker.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenantry.contracts.RequestType;
import io.tenantry.worker.postgres.Sql;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The SQL of tenants and their homes. Without state: every method works in the caller's transaction. */
public final class Tenants {
    /**
     * A worker that was stopped for a while may report a home's version late, after another worker has worked there.
     * The version and the rank in the history cannot show that, because both go back when a home is restored or created
     * again.
     *
     * <p>A request sees the home after it was looked up here. So if the row is unchanged since the look-up, the request
     * knows more than the row, and no clock is used: the clock of the home's server may have stepped back since, or the
     * home may be at another server.
     *
     * <p>Otherwise another request has written since the look-up, and the later time wins; both times were taken under
     * the home's lock. A request that looked without the lock passes the stored timestamp unchanged, and loses. If a
     * clock steps back between two such requests, the wrong one wins, until the next request of the tenant. A time in
     * the future is ignored.
     */
    private static final String UPDATE_UNLESS_SEEN_LATER =
            " DO UPDATE SET server = excluded.server, location = excluded.location, version = excluded.version,"
                    + " fingerprint_seen = excluded.fingerprint_seen, fingerprint_seen_at = excluded.observed_at, observed_at"
                    + " = excluded.observed_at, observed_before = excluded.observed_before, updated_at = now() WHERE"
                    + " known.observed_at IS NULL OR excluded.observed_at IS NULL OR known.observed_at ="
                    + " excluded.observed_before OR (known.observed_at <= excluded.observed_at AND excluded.observed_at IS"
                    + " DISTINCT FROM excluded.observed_before) OR known.observed_at > now() + interval '1 hour'";

    private final ObjectMapper json = new ObjectMapper();

    /** How many tenants there are at each version. The index on database and version is enough to answer it. */
    List<VersionCount> count(Connection connection) throws SQLException {
        return Sql.query(
                connection,
                "SELECT database, version, count(*) FROM tenantry.tenant_home GROUP BY database, version",
                row -> new VersionCount(row.getString(1), row.getString(2), row.getLong(3)));
    }

    /** Writes what finished requests report of tenants; if two report the same home, the later sight counts. */
    public void register(Connection connection, List<Registration> registrations) throws SQLException {
        Map<String, Registration> tenants = new HashMap<>();
        Map<List<String>, RegisteredHome> homes = new HashMap<>();
        Map<String, RegisteredHome> shared = new HashMap<>();
        for (Registration registration : registrations) {
            @Nullable String tenant = registration.tenant();
            if (tenant == null) {
                registration.homes().forEach(home -> shared.merge(home.database(), home, Tenants::later));
                continue;
            }
            if (registration.onboarded()) {
                tenants.put(tenant, registration);
            }
            registration.homes().forEach(home -> homes.merge(List.of(tenant, home.database()), home, Tenants::later));
        }
        // Each in a fixed order, so that two workers that write the same rows do not deadlock.
        upsertTenants(connection, List.copyOf(tenants.values()));
        upsertHomes(connection, List.copyOf(homes.values()));
        upsertShared(connection, List.copyOf(shared.values()));
    }

    /** Chooses between two requests that were looked up at the same time. */
    private static RegisteredHome later(RegisteredHome one, RegisteredHome next) {
        if (isLookWithoutLock(one) != isLookWithoutLock(next)) {
            return isLookWithoutLock(one) ? next : one;
        }
        @Nullable Instant first = one.observedAt();
        @Nullable Instant second = next.observedAt();
        return first == null || second == null || !second.isBefore(first) ? next : one;
    }

    private static boolean isLookWithoutLock(RegisteredHome home) {
        @Nullable Instant time = home.observedAt();
        return time != null && time.equals(home.observedBefore());
    }

    private void upsertTenants(Connection connection, List<Registration> tenants) throws SQLException {
        if (tenants.isEmpty()) {
            return;
        }
        String sql =
                "INSERT INTO tenantry.tenant (tenant, attributes) SELECT * FROM unnest(?::text[], ?::jsonb[]) ORDER BY"
                        + " 1 ON CONFLICT (tenant) DO UPDATE SET attributes = excluded.attributes WHERE excluded.attributes <>"
                        + " '{}'";
        Columns<Registration> columns = new Columns<>(connection, tenants)
                .add("text", Registration::tenant)
                .add("jsonb", tenant -> encode(tenant.attributes()));
        Sql.update(connection, sql, columns.parameters());
    }

    private static void upsertHomes(Connection connection, List<RegisteredHome> homes) throws SQLException {
        if (homes.isEmpty()) {
            return;
        }
        // A tenant that was deleted from the registry since the look-up stays deleted.
        String sql = "INSERT INTO tenantry.tenant_home AS known (tenant, database, server, location, version,"
                + " fingerprint_seen, observed_at, observed_before, fingerprint_seen_at) SELECT seen.*, observed_at FROM"
                + " unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[],"
                + " ?::timestamptz[]) AS seen (tenant, database, server, location, version, fingerprint,"
                + " observed_at, observed_before) JOIN tenantry.tenant USING (tenant) ORDER BY 1, 2 ON CONFLICT (tenant, database)"
                + UPDATE_UNLESS_SEEN_LATER;
        Columns<RegisteredHome> columns = new Columns<>(connection, homes).add("text", RegisteredHome::tenant);
        Sql.update(connection, sql, withoutTenant(columns).parameters());
    }

    private static void upsertShared(Connection connection, List<RegisteredHome> databases) throws SQLException {
        if (databases.isEmpty()) {
            return;
        }
        String sql = "INSERT INTO tenantry.shared_database AS known (database, server, location, version,"
                + " fingerprint_seen, observed_at, observed_before, fingerprint_seen_at) SELECT seen.*, observed_at FROM unnest(?::text[],"
                + " ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::timestamptz[]) AS seen (database,"
                + " server, location, version, fingerprint, observed_at, observed_before) ORDER BY 1 ON CONFLICT"
                + " (database)" + UPDATE_UNLESS_SEEN_LATER;
        Sql.update(
                connection,
                sql,
                withoutTenant(new Columns<>(connection, databases)).parameters());
    }

    private static Columns<RegisteredHome> withoutTenant(Columns<RegisteredHome> columns) throws SQLException {
        return columns.add("text", RegisteredHome::database)
                .add("text", RegisteredHome::server)
                .add("text", RegisteredHome::location)
                .add("text", RegisteredHome::version)
                .add("text", RegisteredHome::fingerprint)
                .add("timestamptz", home -> text(home.observedAt()))
                .add("timestamptz", home -> text(home.observedBefore()));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime observedAt = row.getObject(column, OffsetDateTime.class);
        return observedAt == null ? null : observedAt.toInstant();
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }

    /** The tenants or shared databases, places of signups, and the ledger's entries for requests, in one query. */
    List<TenantRecord> lookUp(Connection connection, List<LookUp> wanted) throws SQLException {
        String sql = "SELECT w.number, r.*, CASE WHEN w.type = ? THEN ARRAY(SELECT ARRAY[p.database, p.server] FROM"
                + " tenantry.placement p WHERE p.tenant = w.tenant) END AS placed, coalesce(t.tenant, s.database) AS registered, h.tenant, coalesce(h.database,"
                + " s.database) AS database, coalesce(h.server, s.server) AS server, coalesce(h.location, s.location) AS"
                + " location, coalesce(h.version, s.version) AS version, coalesce(h.fingerprint, s.fingerprint) AS fingerprint, coalesce(h.observed_at, s.observed_at) AS"
                + " observed_at, coalesce(h.observed_before, s.observed_before) AS observed_before FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS w (source, id, type, tenant, database, number) LEFT JOIN tenantry.request r ON"
                + " r.source = w.source AND r.id = w.id AND r.type = w.type LEFT JOIN tenantry.tenant t ON t.tenant = w.tenant LEFT JOIN"
                + " tenantry.tenant_home h ON h.tenant = t.tenant LEFT JOIN tenantry.shared_database s ON s.database ="
                + " w.database ORDER BY w.number";
        Columns<LookUp> columns = new Columns<>(connection, wanted)
                .add("text", one -> one.request().source())
                .add("text", one -> one.request().id())
                .add("text", one -> one.request().type())
                .add("text", LookUp::tenant)
                .add("text", LookUp::sharedDatabase);
        List<Object> parameters =
                new ArrayList<>(List.of(RequestType.ONBOARDING.event().type()));
        parameters.addAll(List.of(columns.parameters()));
        SortedMap<Long, TenantRecord> found = new TreeMap<>();
        Sql.forEach(
                connection,
                sql,
                row -> found.merge(row.getLong("number"), read(row), Tenants::join),
                parameters.toArray());
        return List.copyOf(found.values());
    }

    private static TenantRecord read(ResultSet row) throws SQLException {
        Optional<Recorded> recorded = row.getString("id") == null ? Optional.empty() : Optional.of(Ledger.read(row));
        return new TenantRecord(
                recorded,
                row.getString("registered") != null,
                home(row).stream().toList(),
                null,
                placed(row));
    }

    private static Placements placed(ResultSet row) throws SQLException {
        @Nullable Array placed = row.getArray("placed");
        if (placed == null) {
            return Placements.NONE;
        }
        Map<String, String> servers = new HashMap<>();
        // An empty array has one dimension, whatever its rows would have.
        for (Object one : (Object[]) placed.getArray()) {
            String[] place = (String[]) one;
            servers.put(place[0], place[1]);
        }
        return Placements.of(servers);
    }

    /** Of two rows for the same request, which differ in their homes. */
    private static TenantRecord join(TenantRecord one, TenantRecord next) {
        return new TenantRecord(
                one.recorded(),
                one.registered(),
                Stream.concat(one.homes().stream(), next.homes().stream()).toList(),
                one.halts(),
                one.placements());
    }

    private static Optional<RegisteredHome> home(ResultSet row) throws SQLException {
        @Nullable String database = row.getString("database");
        return database == null
                ? Optional.empty()
                : Optional.of(new RegisteredHome(
                        row.getString("tenant"),
                        database,
                        row.getString("server"),
                        row.getString("location"),
                        row.getString("version"),
                        row.getString("fingerprint"),
                        time(row, "observed_at"),
                        time(row, "observed_before")));
    }

    private String encode(Map<String, String> attributes) {
        try {
            return json.writeValueAsString(attributes);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a map of strings is always JSON", impossible);
        }
    }
}

package io.tenantry.worker.limits;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.ServerShare;
import io.tenantry.worker.limits.LimitFinding.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How many tenants each server has of each database, against {@code max-tenants}. Without state. */
public final class TenantLimits {
    private static final String CHECK = "tenants";
    /** In one PostgreSQL database; more are possible, and backups, planning and restarts pay for them. */
    private static final long MANY_SCHEMAS = 1000;
    /** In percent of the limit. */
    private static final int NEARLY_FULL = 80;

    private TenantLimits() {}

    /**
     * One finding for each server of each database whose tenants have homes of their own, also for servers that the database
     * no longer names, and one for each server that has very many schemas.
     *
     * @param servers all names of the configuration
     * @param tenants by database, then by server, as the registry has them
     */
    public static List<LimitFinding> of(
            List<DatabaseSettings> databases, Set<String> servers, Map<String, Map<String, Long>> tenants) {
        List<LimitFinding> findings = new ArrayList<>();
        Map<String, Long> unlimitedSchemas = new LinkedHashMap<>();
        for (DatabaseSettings database : databases) {
            if (database.isolation() == Isolation.SHARED) {
                continue;
            }
            Map<String, Long> unnamed = new TreeMap<>(tenants.getOrDefault(database.name(), Map.of()));
            for (ServerShare share : database.servers()) {
                @Nullable Long counted = unnamed.remove(share.server());
                long there = counted == null ? 0 : counted;
                findings.add(finding(database, share, there));
                if (share.maxTenants().isEmpty() && database.isolation() == Isolation.SCHEMA) {
                    unlimitedSchemas.merge(share.server(), there, Long::sum);
                }
            }
            unnamed.forEach((server, there) -> {
                findings.add(unnamed(database, server, there, servers.contains(server)));
                if (database.isolation() == Isolation.SCHEMA) {
                    unlimitedSchemas.merge(server, there, Long::sum);
                }
            });
        }
        unlimitedSchemas.forEach((server, schemas) -> {
            if (schemas >= MANY_SCHEMAS) {
                findings.add(LimitFinding.warn(
                        server,
                        CHECK,
                        Counted.of(schemas, "schema") + " of tenants in one PostgreSQL database",
                        Counted.number(MANY_SCHEMAS) + ", where catalogs begin to hurt backups, planning and restarts",
                        "set max-tenants of its databases to the number that you accept, or let new tenants go to further"
                                + " servers by databases.<name>.servers"));
            }
        });
        return findings;
    }

    /** Whether the database has homes on this server, or may get some. */
    public static boolean mayHaveHomes(
            DatabaseSettings database, String server, Map<String, Map<String, Long>> tenants) {
        return database.serverNames().contains(server)
                || tenants.getOrDefault(database.name(), Map.of()).containsKey(server);
    }

    private static LimitFinding finding(DatabaseSettings database, ServerShare share, long there) {
        if (share.maxTenants().isEmpty()) {
            return new LimitFinding(
                    share.server(), database.name(), CHECK, Level.OK, Counted.of(there, "tenant"), null, null);
        }
        int most = share.maxTenants().getAsInt();
        boolean nearlyFull = there * 100 >= (long) most * NEARLY_FULL;
        return new LimitFinding(
                share.server(),
                database.name(),
                CHECK,
                nearlyFull ? Level.WARN : Level.OK,
                Counted.of(there, "tenant"),
                Counted.number(most),
                nearlyFull
                        ? "raise max-tenants, or add a server to databases." + database.name()
                                + ".servers: signups that find all servers full fail with tenant-limit"
                        : null);
    }

    /** Their homes stay there, and are migrated as long as the server is configured. */
    private static LimitFinding unnamed(DatabaseSettings database, String server, long there, boolean configured) {
        String key = "databases." + database.name() + ".servers";
        return new LimitFinding(
                server,
                database.name(),
                CHECK,
                configured ? Level.OK : Level.WARN,
                Counted.of(there, "tenant") + "; "
                        + (configured
                                ? "no new ones, since " + key + " does not name the server"
                                : "the server is not in the configuration, so their requests fail with unknown-database"),
                null,
                configured
                        ? "name the server there with max-tenants if it should have new tenants again, and so that its limit is"
                                + " measured"
                        : "configure servers." + server + ", or tenants forget those that are gone");
    }
}

package io.tenantry.worker.operator.fleet;

import io.tenantry.worker.engine.catalog.Versions;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.registry.overview.AnsweredRequest;
import io.tenantry.worker.registry.overview.FleetTables;
import io.tenantry.worker.registry.overview.HomeCount;
import io.tenantry.worker.registry.overview.HomeRow;
import io.tenantry.worker.registry.overview.RequestHistory;
import io.tenantry.worker.registry.overview.TenantFilter;
import io.tenantry.worker.registry.overview.TenantRow;
import io.tenantry.worker.registry.rollout.RolloutViews;
import io.tenantry.worker.registry.rollout.WorkerCatalogs;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Asks the registry about the fleet; each answer is of one moment. */
public final class FleetReader {
    private static final int MOST_ROLLOUTS = 100;

    private final Access access;
    private final FleetTables tables = new FleetTables();
    private final RequestHistory history = new RequestHistory();
    private final WorkerCatalogs catalogs = new WorkerCatalogs();

    public FleetReader(Access access) {
        this.access = access;
    }

    /** The whole fleet. */
    public FleetStatus status() throws OperationFailedException {
        return access.registry(registry -> registry.inSnapshot(this::status));
    }

    private FleetStatus status(Connection connection) throws SQLException {
        Heads heads = heads(connection);
        return new FleetStatus(
                group(),
                tables.countTenants(connection),
                history.failedTenants(connection).size(),
                tables.countDrifted(connection),
                homes(tables.countHomes(connection), heads),
                homesOf(tables.sharedDatabases(connection), heads),
                List.copyOf(history.failedSharedDatabases(connection).keySet()),
                tables.members(connection, group()),
                new RolloutViews().list(connection, true, MOST_ROLLOUTS));
    }

    /** Homes of the same version and state together, whatever their fingerprints. */
    private static List<FleetStatus.Homes> homes(List<HomeCount> counts, Heads heads) {
        Map<List<Object>, FleetStatus.Homes> homes = new HashMap<>();
        for (HomeCount count : counts) {
            UpgradeState state = heads.state(count.database(), count.version(), count.fingerprint());
            homes.merge(
                    List.of(count.database(), String.valueOf(count.version()), state),
                    new FleetStatus.Homes(
                            count.database(), count.version(), state, heads.version(count.database()), count.tenants()),
                    (one, other) -> new FleetStatus.Homes(
                            one.database(), one.version(), one.state(), one.head(), one.tenants() + other.tenants()));
        }
        return homes.values().stream()
                .sorted(Comparator.comparing(FleetStatus.Homes::database)
                        .thenComparing(FleetStatus.Homes::version, Comparator.nullsLast(Versions.ORDER.reversed()))
                        .thenComparing(FleetStatus.Homes::state))
                .toList();
    }

    /**
     * The tenants that match the filter, in the order of their names.
     *
     * @param onlyFailed only those whose last request failed; also ones that are not registered, if the filter asks for
     *     no home and no attribute
     * @param only only those with homes in this condition, with these homes; null: all
     */
    public List<TenantState> tenants(TenantFilter filter, boolean onlyFailed, @Nullable Predicate<Home> only)
            throws OperationFailedException {
        return access.registry(registry -> registry.inSnapshot(connection -> {
            Heads heads = heads(connection);
            Map<String, TenantState> states = new TreeMap<>();
            Map<String, AnsweredRequest> failed = history.failedTenants(connection);
            for (TenantRow row : tables.tenants(connection, filter)) {
                states.put(row.tenant(), state(row, heads, failed.get(row.tenant()), only));
            }
            if (!filter.needsHome() && filter.attributes().isEmpty()) {
                failed.forEach((tenant, request) -> states.putIfAbsent(
                        tenant, new TenantState(tenant, false, Map.of(), List.of(), Failure.of(request))));
            }
            return states.values().stream()
                    .filter(state -> !onlyFailed || state.failure() != null)
                    .filter(state -> only == null || !state.homes().isEmpty())
                    .toList();
        }));
    }

    private static TenantState state(
            TenantRow row, Heads heads, @Nullable AnsweredRequest failed, @Nullable Predicate<Home> only) {
        List<Home> homes = homesOf(row.homes(), heads).stream()
                .filter(home -> only == null || only.test(home))
                .toList();
        return new TenantState(row.tenant(), true, row.attributes(), homes, failed == null ? null : Failure.of(failed));
    }

    /**
     * One tenant.
     *
     * @param requests at most so many of them
     * @return empty if neither the tenants nor the ledger have it
     */
    public Optional<TenantDetails> tenant(String tenant, int requests) throws OperationFailedException {
        return access.registry(registry -> registry.inSnapshot(connection -> {
            Heads heads = heads(connection);
            Optional<TenantRow> row = tables.tenant(connection, tenant);
            List<AnsweredRequest> answered = history.ofTenant(connection, tenant, requests);
            if (row.isEmpty() && answered.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new TenantDetails(
                    tenant,
                    row.map(TenantRow::createdAt).orElse(null),
                    row.map(TenantRow::attributes).orElse(Map.of()),
                    row.map(found -> homesOf(found.homes(), heads)).orElse(List.of()),
                    answered));
        }));
    }

    private static List<Home> homesOf(List<HomeRow> rows, Heads heads) {
        return rows.stream().map(row -> Home.of(row, heads)).toList();
    }

    private Heads heads(Connection connection) throws SQLException {
        return new Heads(catalogs.live(connection, group()));
    }

    private String group() {
        return access.settings().kafka().groupId();
    }
}

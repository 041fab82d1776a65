package io.tenantry.worker.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** The state of the worker, and of the fleet as the registry has it. Safe for use by any thread. */
public final class WorkerMeters {
    /** Versions of one database with a series of their own, so that a scrape stays small. */
    private static final int MOST_VERSIONS = 50;

    private static final String OTHER_VERSIONS = "other";

    private final Gauges gauges;
    private final MultiGauge tenants;
    private final MultiGauge placed;
    private final MultiGauge limits;

    WorkerMeters(MeterRegistry registry, Gauges gauges) {
        this.gauges = gauges;
        this.tenants = MultiGauge.builder("tenantry.tenants")
                .description("Tenants of the whole fleet by database and version, as the registry has them")
                .register(registry);
        this.placed = MultiGauge.builder("tenantry.tenants.placed")
                .description(
                        "Tenants of a database on a server that has a limit of them, those that are being made included")
                .register(registry);
        this.limits = MultiGauge.builder("tenantry.tenants.limit")
                .description("How many tenants of a database a server may have")
                .register(registry);
    }

    /** Whether each condition keeps the worker from being ready. */
    public void health(Health health) {
        for (Health.Condition condition : Health.Condition.values()) {
            gauges.flag(
                    "tenantry.not.ready",
                    "1 while this keeps the worker from being ready",
                    () -> health.conditions().contains(condition),
                    "condition",
                    condition.label());
        }
    }

    /** Whether Kafka is away. */
    public void kafkaAway(BooleanSupplier away) {
        gauges.flag("tenantry.kafka.away", "1 while Kafka is away", away);
    }

    /** Whether the registry is away. */
    public void registryAway(BooleanSupplier away) {
        gauges.flag("tenantry.registry.away", "1 while the registry is away", away);
    }

    /** Whether a server is away. */
    public void serverAway(String server, BooleanSupplier away) {
        gauges.flag("tenantry.server.away", "1 while this server of tenants is away", away, "server", server);
    }

    /**
     * The tenants of the fleet. Takes the place of what was told before; versions that are gone have no series any more.
     *
     * @param byDatabase for each database how many tenants are at which version; empty if that is not known
     */
    public void tenants(Map<String, Map<String, Long>> byDatabase) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        byDatabase.forEach((database, versions) -> addRows(rows, database, versions));
        tenants.register(rows, true);
    }

    /**
     * How many tenants of a database a server has.
     *
     * @param limit how many it may have
     */
    public record PlacedTenants(String database, String server, long tenants, long limit) {}

    /** The servers that have a limit of tenants. Takes the place of what was told before. */
    public void placed(List<PlacedTenants> servers) {
        placed.register(rows(servers, PlacedTenants::tenants), true);
        limits.register(rows(servers, PlacedTenants::limit), true);
    }

    private static List<MultiGauge.Row<?>> rows(List<PlacedTenants> servers, Function<PlacedTenants, Long> value) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        servers.forEach(next -> rows.add(
                MultiGauge.Row.of(Tags.of("database", next.database(), "server", next.server()), value.apply(next))));
        return rows;
    }

    private static void addRows(List<MultiGauge.Row<?>> rows, String database, Map<String, Long> versions) {
        List<Map.Entry<String, Long>> mostFirst = versions.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .toList();
        int own = mostFirst.size() <= MOST_VERSIONS ? mostFirst.size() : MOST_VERSIONS - 1;
        mostFirst.subList(0, own).forEach(version -> rows.add(row(database, version.getKey(), version.getValue())));
        if (own < mostFirst.size()) {
            long others = mostFirst.subList(own, mostFirst.size()).stream()
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            rows.add(row(database, OTHER_VERSIONS, others));
        }
    }

    private static MultiGauge.Row<Number> row(String database, String version, long tenants) {
        return MultiGauge.Row.of(Tags.of("database", database, "version", version), tenants);
    }
}

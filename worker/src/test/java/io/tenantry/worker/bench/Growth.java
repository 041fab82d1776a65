package io.tenantry.worker.bench;

import io.tenantry.worker.stack.DevStack;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** What an upgrade, and a look for drift, costs in one database that holds more and more schemas. */
final class Growth {
    static final List<Integer> SIZES = List.of(1000, 3000, 6000);
    private static final int BATCH = 300;
    private static final String DATABASE = "bench_growth";
    /** Sizes at which all homes are compared with their references. */
    private static final Set<Integer> COMPARED = Set.of(1000, 6000);

    private final BenchSettings settings;
    private final DevStack stack;
    private final Path jar;
    private final Consumer<String> out;
    private final Quiet quiet = new Quiet();
    private final List<String> catalogLines = new ArrayList<>();

    Growth(BenchSettings settings, DevStack stack, Path jar, Consumer<String> out) {
        this.settings = settings;
        this.stack = stack;
        this.jar = jar;
        this.out = out;
    }

    /** The rates of {@code rounds} batches of tenants at each size; a batch more before them warms up. */
    Scores run(Path folder) throws SQLException {
        Scores scores = new Scores();
        try (TenantryFleet fleet = new TenantryFleet(
                stack, jar, DATABASE, settings.connections(), Folders.make(folder.resolve("growth")))) {
            int filled = 0;
            for (int size : SIZES) {
                if (filled > 0) {
                    fleet.goBack();
                }
                Duration filling = fleet.run(Workload.ONBOARD, tenants(filled, size));
                out.accept(String.format(
                        Locale.ROOT,
                        "growth   onboard  %d to %d schemas: %.1f tenants a second",
                        filled,
                        size,
                        (size - filled) / (filling.toNanos() / 1e9)));
                measureCatalogs(size);
                fleet.deploy();
                measure(fleet, filled, size, scores);
                if (COMPARED.contains(size)) {
                    compare(fleet, size, scores);
                }
                filled = size;
            }
            int most = settings.sizes().schemas();
            if (most > filled) {
                fleet.goBack();
                fleet.run(Workload.ONBOARD, tenants(filled, most));
                measureCatalogs(most);
            }
        }
        return scores;
    }

    /** Of the last run: what the catalogs cost at each size. */
    List<String> catalogLines() {
        return List.copyOf(catalogLines);
    }

    private void measureCatalogs(int size) throws SQLException {
        quiet.await(out);
        List<String> schemas =
                tenants(0, size).stream().map(tenant -> "tenant_" + tenant).toList();
        List<String> lines = new CatalogCost(stack.postgres(), DATABASE).lines(size, schemas);
        lines.forEach(out);
        catalogLines.addAll(lines);
    }

    private void measure(TenantryFleet fleet, int from, int size, Scores scores) {
        int batch = Math.min(BATCH, (size - from) / (settings.rounds() + 1));
        for (int round = 0; round <= settings.rounds(); round++) {
            quiet.await(out);
            Duration elapsed = fleet.run(Workload.UPGRADE, tenants(from + round * batch, from + (round + 1) * batch));
            if (round > 0) {
                scores.add("upgrade", label(size), batch, elapsed);
            }
        }
        out.accept(String.format(
                Locale.ROOT,
                "growth   upgrade  %d schemas: %.1f tenants a second",
                size,
                scores.median("upgrade", label(size))));
    }

    private void compare(TenantryFleet fleet, int size, Scores scores) {
        quiet.await(out);
        scores.add("drift", label(size), size, fleet.compare());
        out.accept(String.format(
                Locale.ROOT, "growth   drift    %d schemas: %.1f ms a schema", size, driftMillis(scores, size)));
    }

    /** How long a home took. */
    static double driftMillis(Scores scores, int size) {
        return 1000 / scores.median("drift", label(size));
    }

    static String label(int size) {
        return size + " schemas";
    }

    private static List<String> tenants(int from, int to) {
        return IntStream.range(from, to).mapToObj(number -> "g" + number).toList();
    }
}

package io.tenantry.worker.bench;

import io.tenantry.worker.stack.DevStack;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * How long a rollout takes over tenants that the registry knows to be at the target, from its start until {@code completed} is
 * read. One tenant was onboarded; the others are copies of its rows in the registry, since a rollout reads nothing else.
 */
final class RolloutNoop {
    private static final String FIRST = "known0";
    private static final int TIMES = 3;

    private final BenchSettings settings;
    private final DevStack stack;
    private final Path jar;
    private final Consumer<String> out;
    private final Quiet quiet = new Quiet();

    RolloutNoop(BenchSettings settings, DevStack stack, Path jar, Consumer<String> out) {
        this.settings = settings;
        this.stack = stack;
        this.jar = jar;
        this.out = out;
    }

    /** The longest of three: the first one, by a worker that has just been started. */
    Duration run(Path folder) throws SQLException {
        int registered = settings.sizes().registered();
        List<Duration> elapsed = new ArrayList<>();
        try (TenantryFleet fleet = new TenantryFleet(
                        stack, jar, "bench_noop", settings.connections(), Folders.make(folder.resolve("noop")));
                RolloutClient rollouts = new RolloutClient(stack.kafka().bootstrapServers(), fleet::trouble)) {
            fleet.run(Workload.ONBOARD, List.of(FIRST));
            register(registered - 1);
            for (int time = 0; time < TIMES; time++) {
                quiet.await(out);
                RolloutClient.Completed completed = rollouts.run("known*", "latest", null);
                if (completed.result().counts().upToDate() != registered) {
                    throw new IllegalStateException("not all tenants are at the target: " + completed.result());
                }
                elapsed.add(completed.elapsed());
                out.accept(String.format(
                        Locale.ROOT,
                        "rollout  noop     %d tenants at the target: %.2f s",
                        registered,
                        completed.elapsed().toMillis() / 1000.0));
            }
        }
        return elapsed.stream().max(Comparator.naturalOrder()).orElseThrow();
    }

    private void register(int copies) throws SQLException {
        try (Connection connection = stack.postgres().connect(TenantryFleet.CONTROL);
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO tenantry.tenant (tenant) SELECT 'known' || n FROM generate_series(1, "
                    + copies + ") AS n");
            // Without the generated column, which cannot be written.
            statement.execute(
                    "INSERT INTO tenantry.tenant_home (tenant, database, server, location, version, updated_at,"
                            + " observed_at, observed_before, fingerprint_seen, fingerprint_seen_at)"
                            + " SELECT 'known' || n, database, server, 'tenant_known' || n, version, updated_at, observed_at,"
                            + " observed_before, fingerprint_seen, fingerprint_seen_at FROM tenantry.tenant_home,"
                            + " generate_series(1, " + copies + ") AS n WHERE tenant = '" + FIRST + "'");
            statement.execute("ANALYZE tenantry.tenant, tenantry.tenant_home");
        }
    }
}

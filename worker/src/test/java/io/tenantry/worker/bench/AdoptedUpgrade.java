package io.tenantry.worker.bench;

import io.tenantry.worker.stack.DevStack;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** The upgrade of {@link Rivals} for tenants whose schemas another program has made, and that were adopted. */
final class AdoptedUpgrade {
    /** The last one of the first release. */
    private static final String VERSION = "10";

    private final BenchSettings settings;
    private final DevStack stack;
    private final Path jar;
    private final Scores scores = new Scores();
    private final Turn turn;
    private double mostMinutes;

    AdoptedUpgrade(BenchSettings settings, DevStack stack, Path jar, Consumer<String> out) {
        this.settings = settings;
        this.stack = stack;
        this.jar = jar;
        this.turn = new Turn(stack, scores, out);
    }

    Scores run(Path folder) throws SQLException {
        for (int round = 1; round <= settings.rounds(); round++) {
            run(round, folder.resolve("adopted" + round));
        }
        return scores;
    }

    /** How many schemas were adopted in a minute, in the slowest round, the start of the command included. */
    double schemasInAMinute() {
        return 2 * settings.tenants() / mostMinutes;
    }

    private void run(int round, Path folder) throws SQLException {
        String jdbcDatabase = "bench_adopted_jdbc_" + round;
        String database = "bench_adopted_" + round;
        List<String> warm = Rivals.tenants("a" + round + "warm", settings.tenants());
        List<String> tenants = Rivals.tenants("a" + round + "t", settings.tenants());
        int connections = settings.connections();
        try (PlainJdbc jdbc = new PlainJdbc(stack.postgres(), jdbcDatabase, connections);
                TenantryFleet fleet = new TenantryFleet(stack, jar, database, connections, Folders.make(folder))) {
            for (List<String> some : List.of(warm, tenants)) {
                jdbc.run(Workload.ONBOARD, some);
            }
            try (PlainJdbc maker = PlainJdbc.in(stack.postgres(), database, connections)) {
                maker.run(Workload.ONBOARD, warm);
                maker.run(Workload.ONBOARD, tenants);
            }
            adopt(fleet);
            fleet.deploy();
            List<Contestant> contestants = new ArrayList<>(List.of(jdbc, fleet));
            Collections.rotate(contestants, round - 1);
            for (Contestant contestant : contestants) {
                turn.measure(round, "adopted upgrade", Workload.UPGRADE, contestant, warm, tenants);
            }
        } finally {
            turn.drop(jdbcDatabase);
            turn.drop(database);
        }
    }

    private void adopt(TenantryFleet fleet) throws SQLException {
        turn.settle();
        long began = System.nanoTime();
        fleet.adopt(VERSION);
        mostMinutes = Math.max(mostMinutes, (System.nanoTime() - began) / 60e9);
    }
}

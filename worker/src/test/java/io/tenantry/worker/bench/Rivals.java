package io.tenantry.worker.bench;

import io.tenantry.worker.stack.DevStack;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The contestants side by side: in each round with empty databases, workload by workload, in turn. */
final class Rivals {
    private final BenchSettings settings;
    private final DevStack stack;
    private final Path jar;
    private final Scores scores = new Scores();
    private final Turn turn;

    Rivals(BenchSettings settings, DevStack stack, Path jar, Consumer<String> out) {
        this.settings = settings;
        this.stack = stack;
        this.jar = jar;
        this.turn = new Turn(stack, scores, out);
    }

    Scores run(Path folder) throws SQLException {
        for (int round = 1; round <= settings.rounds(); round++) {
            runRound(round, folder.resolve("round" + round));
        }
        return scores;
    }

    private void runRound(int round, Path folder) throws SQLException {
        List<String> warm = tenants("r" + round + "warm", settings.warmUp());
        List<String> tenants = tenants("r" + round + "t", settings.tenants());
        List<Contestant> contestants = new ArrayList<>();
        try {
            contestants.add(new PlainJdbc(stack.postgres(), database("jdbc", round), settings.connections()));
            contestants.add(new FlywayLoop(
                    stack.postgres(),
                    database("flyway", round),
                    settings.connections(),
                    Folders.make(folder.resolve("flyway"))));
            contestants.add(new TenantryFleet(
                    stack,
                    jar,
                    database("tenantry", round),
                    settings.connections(),
                    Folders.make(folder.resolve("tenantry"))));
            Collections.rotate(contestants, round - 1);
            for (Workload workload : Workload.values()) {
                if (workload == Workload.UPGRADE) {
                    contestants.forEach(Contestant::deploy);
                }
                for (Contestant contestant : contestants) {
                    if (contestant.does(workload)) {
                        turn.measure(round, workload.label(), workload, contestant, warm, tenants);
                    }
                }
            }
        } finally {
            contestants.forEach(Contestant::close);
            for (String name : List.of("jdbc", "flyway", "tenantry")) {
                turn.drop(database(name, round));
            }
        }
    }

    static List<String> tenants(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(number -> prefix + number).toList();
    }

    private static String database(String contestant, int round) {
        return "bench_" + contestant + "_" + round;
    }
}

package io.tenantry.worker.bench;

import io.tenantry.worker.stack.DevStack;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The contestants side by side: each round anew, workload by workload, in turn. */
final class Rivals {
    private final BenchSettings settings;
    private final DevStack stack;
    private final Path jar;
    private final Consumer<String> out;
    private final Quiet quiet = new Quiet();

    Rivals(BenchSettings settings, DevStack stack, Path jar, Consumer<String> out) {
        this.settings = settings;
        this.stack = stack;
        this.jar = jar;
        this.out = out;
    }

    Scores run(Path folder) throws SQLException {
        Scores scores = new Scores();
        for (int round = 1; round <= settings.rounds(); round++) {
            runRound(round, folder.resolve("round" + round), scores);
        }
        return scores;
    }

    private void runRound(int round, Path folder, Scores scores) throws SQLException {
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
                        measure(contestant, workload, round, scores);
                    }
                }
            }
        } finally {
            contestants.forEach(Contestant::close);
            for (String name : List.of("jdbc", "flyway", "tenantry")) {
                drop(database(name, round));
            }
        }
    }

    private void measure(Contestant contestant, Workload workload, int round, Scores scores) throws SQLException {
        contestant.run(workload, tenants("r" + round + "warm", settings.warmUp()));
        checkpoint();
        quiet.await(out);
        Duration elapsed = contestant.run(workload, tenants("r" + round + "t", settings.tenants()));
        scores.add(workload.label(), contestant.name(), settings.tenants(), elapsed);
        out.accept(String.format(
                java.util.Locale.ROOT,
                "round %d  %-8s %-12s %8.1f tenants a second",
                round,
                workload.label(),
                contestant.name(),
                settings.tenants() / (elapsed.toNanos() / 1e9)));
    }

    static List<String> tenants(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(number -> prefix + number).toList();
    }

    private static String database(String contestant, int round) {
        return "bench_" + contestant + "_" + round;
    }

    /** What the one before has left to be written is not the next one's to pay for. */
    private void checkpoint() throws SQLException {
        execute("CHECKPOINT");
    }

    private void drop(String database) throws SQLException {
        execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = stack.postgres().connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

package io.tenantry.worker.bench;

import io.tenantry.worker.stack.DevStack;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** One contestant's turn: its code is warm, everything is written to disk, and the machine has nothing else to do. */
final class Turn {
    private final DevStack stack;
    private final Scores scores;
    private final Consumer<String> out;
    private final Quiet quiet = new Quiet();

    Turn(DevStack stack, Scores scores, Consumer<String> out) {
        this.stack = stack;
        this.scores = scores;
        this.out = out;
    }

    /**
     * Measures how long the contestant works on the tenants, and adds it to the scores.
     *
     * @param label the workload's name in the scores
     * @param warm unmeasured tenants that come first
     */
    void measure(
            int round, String label, Workload workload, Contestant contestant, List<String> warm, List<String> tenants)
            throws SQLException {
        contestant.run(workload, warm);
        settle();
        Duration elapsed = contestant.run(workload, tenants);
        scores.add(label, contestant.name(), tenants.size(), elapsed);
        out.accept(String.format(
                Locale.ROOT,
                "round %d  %-15s %-12s %8.1f tenants a second",
                round,
                label,
                contestant.name(),
                tenants.size() / (elapsed.toNanos() / 1e9)));
    }

    /** Writes what the contestant before has left to be written, and waits until the machine is idle. */
    void settle() throws SQLException {
        execute("CHECKPOINT");
        quiet.await(out);
    }

    /** Ends the sessions of a database and drops it. */
    void drop(String database) throws SQLException {
        execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = stack.postgres().connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

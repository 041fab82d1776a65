package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Runs a script on a scratch home with sample rows: its statements one by one, as Flyway sends them, and in one
 * message, as a plan does. All of it is rolled back. For use by one thread.
 */
final class RowsTrial {
    /** More runs, to see which facts of volatile values vary. */
    private static final int RUNS_TO_COMPARE = 2;

    private final Scratch scratch;
    private final PlanCandidates candidates;
    private final BooleanSupplier hasTime;
    private final ReferencedKeys keys;

    /** @param hasTime whether more may be tried */
    RowsTrial(Scratch scratch, PlanCandidates candidates, BooleanSupplier hasTime) {
        this.scratch = scratch;
        this.candidates = candidates;
        this.hasTime = hasTime;
        this.keys = new ReferencedKeys(scratch);
    }

    /** Whether something can come of it: what only defines something meets no rows. */
    boolean concerns(Migration migration) {
        List<String> statements = candidates.statements().get(migration.script());
        return statements != null
                && candidates.proven(false).steps().containsKey(migration.script())
                && statements.stream()
                        .map(ScriptCheck::withoutComments)
                        .anyMatch(statement -> !ScriptCheck.onlyDefines(statement));
    }

    /** Whether one message leaves something else than the statements one by one; the home is as before the script. */
    boolean differs(Migration migration) throws SQLException {
        List<String> rows;
        try (ReceiveLimit limit = limit(migration)) {
            rows = SampleRows.of(scratch, keys, hasTime, limit);
        }
        if (rows.isEmpty()) {
            return false;
        }
        List<String> oneByOne = candidates.statements().getOrDefault(migration.script(), List.of());
        List<String> inOne = List.of("SELECT 'tenantry';\n" + String.join("\n;\n", oneByOne) + "\n;\n");
        Optional<SchemaState> expected = run(migration, rows, oneByOne, SchemaStateReader.WHOLE);
        if (expected.isEmpty()) {
            // It does not suit the sample.
            return false;
        }
        Optional<SchemaState> planned = run(migration, rows, inOne, SchemaStateReader.WHOLE);
        return planned.isPresent()
                && !planned.get().isLike(expected.get(), Set.of())
                && differInMoreThanChance(migration, rows, oneByOne, inOne, expected.get());
    }

    private boolean differInMoreThanChance(
            Migration migration, List<String> rows, List<String> oneByOne, List<String> inOne, SchemaState once)
            throws SQLException {
        Optional<SchemaState> expected = run(migration, rows, oneByOne, SchemaStateReader.against(List.of(once)));
        if (expected.isEmpty() || expected.get().leftOut().isEmpty()) {
            return true;
        }
        SchemaStateReader look = SchemaStateReader.as(List.of(expected.get()));
        Optional<SchemaState> planned = run(migration, rows, inOne, look);
        if (planned.isEmpty() || planned.get().isLike(expected.get(), Set.of())) {
            return false;
        }
        Set<String> unstable = new HashSet<>();
        for (int i = 0; i < RUNS_TO_COMPARE; i++) {
            run(migration, rows, oneByOne, look)
                    .ifPresent(state -> unstable.addAll(
                            state.facts().differences(expected.get().facts())));
        }
        return !planned.get().isLike(expected.get(), unstable);
    }

    /** What is left after these messages; empty if one fails, or if this role may not see it. */
    private Optional<SchemaState> run(
            Migration migration, List<String> rows, List<String> messages, SchemaStateReader look) throws SQLException {
        String sequences = sequences();
        scratch.begin();
        ReceiveLimit limit = limit(migration);
        try (limit;
                Statement statement = scratch.connection().createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(SampleRows.searchPath(scratch));
            for (String row : rows) {
                statement.execute(row);
            }
            statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
            for (String message : messages) {
                statement.execute(message);
            }
        } catch (SQLException failure) {
            if (limit.isStopped()) {
                scratch.broken(migration.script(), limit, failure);
            }
            undo(sequences);
            return Optional.empty();
        }
        try {
            return Optional.of(look.at(scratch.connection(), scratch.home().schema(), List.of()));
        } catch (SQLException failure) {
            return Optional.empty();
        } finally {
            undo(sequences);
        }
    }

    /** Each message by itself: nothing of its replies is kept. */
    private ReceiveLimit limit(Migration migration) {
        ReceiveLimit limit = scratch.session().limit();
        limit.next(migration.script(), false);
        return limit;
    }

    /** Throws what a script that sent too much deserves: nothing can be undone then. */
    private void undo(String sequences) throws SQLException {
        scratch.undo();
        scratch.execute(sequences);
    }

    /** What sequences give out, no rollback takes back. */
    private String sequences() throws SQLException {
        return String.join(
                "; ",
                scratch.ask("SELECT format('SELECT setval(%L::regclass, %s, %L)', format('%I.%I', schemaname,"
                        + " sequencename), coalesce(last_value, start_value), last_value IS NOT NULL) FROM pg_sequences WHERE"
                        + " schemaname = " + Identifiers.literal(scratch.home().schema())));
    }
}

package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.engine.snapshot.Difference;
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
    /** The number of further runs that show which facts of volatile values vary. */
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
        this.keys = new ReferencedKeys(scratch.session());
    }

    /** Whether the script may meet rows: a script that only defines objects does not. */
    boolean concerns(Migration migration) {
        List<String> statements = candidates.statements().get(migration.script());
        return statements != null
                && candidates.proven(false).steps().containsKey(migration.script())
                && statements.stream()
                        .map(ScriptCheck::withoutComments)
                        .anyMatch(statement -> !ScriptCheck.onlyDefines(statement));
    }

    /**
     * What differs between the script in one message ("here") and its statements one by one ("there"). The home is as before the
     * script afterwards.
     *
     * @return empty if both leave the same, or the script fails with the sample rows
     */
    List<Difference> differences(Migration migration) throws SQLException {
        List<String> rows;
        String sequences = scratch.sequencesSql();
        try (ReceiveLimit limit = limit(migration)) {
            rows = SampleRows.of(scratch, keys, hasTime, limit).inserts();
        } finally {
            if (!scratch.session().isBroken()) {
                scratch.session().execute(sequences);
            }
        }
        if (rows.isEmpty()) {
            return List.of();
        }
        List<String> oneByOne = candidates.statements().getOrDefault(migration.script(), List.of());
        List<String> inOne = List.of("SELECT 'tenantry';\n" + String.join("\n;\n", oneByOne) + "\n;\n");
        Optional<SchemaState> expected = run(migration, rows, oneByOne, SchemaStateReader.WHOLE);
        if (expected.isEmpty()) {
            // The script does not accept the sample rows.
            return List.of();
        }
        List<Difference> differences = run(migration, rows, inOne, SchemaStateReader.WHOLE)
                .map(planned -> planned.differences(expected.get(), Set.of()))
                .orElse(List.of());
        return differences.isEmpty()
                ? differences
                : withoutChance(migration, rows, oneByOne, inOne, expected.get(), differences);
    }

    /** Compares again, without what differs between two runs of the same statements. */
    private List<Difference> withoutChance(
            Migration migration,
            List<String> rows,
            List<String> oneByOne,
            List<String> inOne,
            SchemaState first,
            List<Difference> differences)
            throws SQLException {
        Optional<SchemaState> expected = run(migration, rows, oneByOne, SchemaStateReader.against(List.of(first)));
        if (expected.isEmpty() || expected.get().excluded().isEmpty()) {
            return differences;
        }
        SchemaStateReader reader = SchemaStateReader.as(List.of(expected.get()));
        Optional<SchemaState> planned = run(migration, rows, inOne, reader);
        if (planned.isEmpty()
                || planned.get().differences(expected.get(), Set.of()).isEmpty()) {
            return List.of();
        }
        Set<String> unstable = new HashSet<>();
        for (int i = 0; i < RUNS_TO_COMPARE; i++) {
            run(migration, rows, oneByOne, reader)
                    .ifPresent(state -> state.facts()
                            .differences(expected.get().facts())
                            .forEach(difference -> unstable.add(difference.object())));
        }
        return planned.get().differences(expected.get(), unstable);
    }

    /** The state after these messages; empty if one fails, or if this role may not read the state. */
    private Optional<SchemaState> run(
            Migration migration, List<String> rows, List<String> messages, SchemaStateReader reader)
            throws SQLException {
        String sequences = scratch.sequencesSql();
        scratch.begin();
        ReceiveLimit limit = limit(migration);
        try (limit;
                Statement statement = scratch.session().connection().createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(scratch.session().searchPathSql());
            for (String row : rows) {
                statement.execute(row);
            }
            statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
            for (String message : messages) {
                statement.execute(message);
            }
        } catch (SQLException failure) {
            if (limit.isStopped()) {
                scratch.session().broken(migration.script(), limit, failure);
            }
            undo(sequences);
            return Optional.empty();
        }
        try {
            return Optional.of(
                    reader.at(scratch.session().connection(), scratch.home().schema(), List.of()));
        } catch (SQLException failure) {
            return Optional.empty();
        } finally {
            undo(sequences);
        }
    }

    /** Counts each message by itself, since no reply is kept. */
    private ReceiveLimit limit(Migration migration) {
        ReceiveLimit limit = scratch.session().limit();
        limit.next(migration.script(), false);
        return limit;
    }

    /** Throws if a script sent too much and broke the session. */
    private void undo(String sequences) throws SQLException {
        scratch.undo();
        scratch.session().execute(sequences);
    }
}

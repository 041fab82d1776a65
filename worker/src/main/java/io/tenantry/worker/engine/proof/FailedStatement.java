package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.history.FailureKind;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A statement of a script that failed.
 *
 * @param line of the file where it begins; null if unknown
 */
record FailedStatement(SQLException failure, @Nullable Integer line) {
    /** Runs a script in the open transaction; empty if no statement failed. */
    static Optional<FailedStatement> of(Scratch scratch, Migration migration, String text, List<String> statements)
            throws SQLException {
        Progress progress = new Progress(new StatementLines(scratch.names(), text));
        ScriptTrial trial = new ScriptTrial(scratch, progress);
        trial.begin();
        return trial.run(migration.script(), statements) instanceof ScriptTrial.Outcome.Failed failed
                ? Optional.of(new FailedStatement(failed.failure(), progress.lineOfNext(statements)))
                : Optional.empty();
    }

    /** As a result of a request would say it. */
    ResultError error(Migration migration) {
        return new ResultError(
                ErrorCode.MIGRATION_FAILED,
                migration.script() + " failed: " + FailureKind.firstLines(failure.getMessage()),
                failure.getSQLState(),
                migration.script(),
                line,
                null);
    }

    /** Counts the statements that did not fail. */
    private static final class Progress implements ScriptTrial.Probe {
        private final StatementLines lines;
        private int done;

        private Progress(StatementLines lines) {
            this.lines = lines;
        }

        @Override
        public void after(String sql) {
            done++;
            lines.next(sql);
        }

        private @Nullable Integer lineOfNext(List<String> statements) {
            return StatementLines.split(statements)
                    .skip(done)
                    .findFirst()
                    .map(lines::next)
                    .orElse(null);
        }
    }
}

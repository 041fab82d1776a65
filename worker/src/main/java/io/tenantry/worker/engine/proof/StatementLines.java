package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.engine.catalog.SqlStatements;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the statements of a script in its file, one after the other. For use by one thread. */
final class StatementLines {
    private final String text;
    private int from;

    /**
     * @param names that stand for the placeholders in the statements
     * @param text of the file, with placeholders
     */
    StatementLines(PlannedScript.Names names, String text) {
        this.text = text.replace("${tenant}", names.tenant())
                .replace("${schema}", names.schema())
                .replace("${flyway:defaultSchema}", names.schema());
    }

    /** The statements as PostgreSQL counts them: Flyway may take several for one. */
    static Stream<String> split(List<String> statements) {
        return statements.stream()
                .flatMap(sql -> ScriptCheck.isCopyFromClient(ScriptCheck.withoutComments(sql))
                        ? Stream.of(sql)
                        : SqlStatements.of(sql).stream());
    }

    /** The line of the next statement of this text, at its first word; null if the file has it in another form. */
    @Nullable Integer next(String sql) {
        String bare = ScriptCheck.withoutComments(sql).strip();
        int at = text.indexOf(bare, from);
        if (at < 0) {
            return null;
        }
        from = at + bare.length();
        return 1
                + (int) text.substring(0, at)
                        .chars()
                        .filter(next -> next == '\n')
                        .count();
    }
}

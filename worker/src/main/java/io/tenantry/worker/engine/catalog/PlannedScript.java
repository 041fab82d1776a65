package io.tenantry.worker.engine.catalog;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.home.TenantHome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A migration that can be sent to PostgreSQL as one text.
 *
 * @param sql the statements as one text, in which names of the scratch home stand for those of a tenant's
 * @param statements those that Flyway finds in the script, in their order
 * @param names what stands for what
 * @param leavesSettings whether it may leave in its session what cannot be reset there
 */
public record PlannedScript(
        Migration migration, String sql, List<Statement> statements, Names names, boolean leavesSettings) {
    public PlannedScript {
        statements = List.copyOf(statements);
    }

    /**
     * A statement that PostgreSQL answers.
     *
     * @param line of the file where it begins; null if unknown
     */
    public record Statement(String sql, @Nullable Integer line) {
        /** As results show it. */
        public String text() {
            String bare = sql.strip();
            return bare.endsWith(";") ? bare.substring(0, bare.length() - 1).strip() : bare;
        }

        /** Finds each in the file; what has no text but comments is left out, since PostgreSQL does not answer it. */
        public static List<Statement> in(String file, List<String> statements) {
            List<Statement> found = new ArrayList<>();
            int from = 0;
            for (String statement : statements.stream()
                    // Flyway may take several for one; PostgreSQL answers each.
                    .flatMap(one -> SqlStatements.of(one).stream())
                    .toList()) {
                String bare = ScriptCheck.withoutComments(statement).strip();
                if (bare.isEmpty()) {
                    continue;
                }
                int at = file.indexOf(bare, from);
                @Nullable Integer line = at < 0
                        ? null
                        : 1
                                + (int) file.substring(0, at)
                                        .chars()
                                        .filter(next -> next == '\n')
                                        .count();
                from = at < 0 ? from : at + bare.length();
                found.add(new Statement(statement, line));
            }
            return found;
        }
    }

    /** The names of the home on which the script was recorded. */
    public record Names(String tenant, String schema, String server) {
        /** The text with the names of another home. */
        public String replace(String text, TenantHome home) {
            return text.replace(schema, home.schema()).replace(tenant, String.valueOf(home.tenant()));
        }
    }

    /** The same for a migration whose checksum depends on the home. */
    PlannedScript with(Migration ofHome) {
        return new PlannedScript(ofHome, sql, statements, names, leavesSettings);
    }

    /** The same with a statement behind it, in which names of the scratch home may stand. */
    public PlannedScript followedBy(String statement) {
        List<Statement> all = new ArrayList<>(statements);
        all.add(new Statement(statement, null));
        return new PlannedScript(migration, sql + statement + ";\n", all, names, leavesSettings);
    }

    /** Whether the text is the same for all homes. */
    boolean isSameForAll() {
        return !sql.contains(names.tenant) && !sql.contains(names.schema);
    }

    /**
     * Whether it was tried out where this home is, and the names of this home read like those it was recorded with: they
     * must not begin a comment, say.
     */
    public boolean suits(TenantHome home) {
        @Nullable String tenant = home.tenant();
        return home.server().equals(names.server)
                && (isSameForAll()
                        || (tenant != null
                                && !tenant.contains("--")
                                && !home.schema().contains("--")));
    }

    /** The text for this home. */
    public String sqlFor(TenantHome home) {
        return isSameForAll() ? sql : names.replace(sql, home);
    }
}

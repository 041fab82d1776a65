package io.tenantry.worker.drift;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One difference between a home and its reference.
 *
 * @param kind what PostgreSQL calls the object, such as {@code index} or {@code primary key}; or the property that
 *     differs: {@code owner}, {@code privileges}, {@code comment}, {@code column order}
 * @param object its name, quoted where SQL needs it; for a property the object that has it, such as {@code table users}
 * @param table the table, view or type that it belongs to; null if it belongs to the schema
 * @param expected its definition in the reference; null if the reference does not have it
 * @param actual its definition in the home; null if the home does not have it
 */
public record DriftDifference(
        Change change,
        String kind,
        String object,
        @Nullable String table,
        @Nullable String expected,
        @Nullable String actual) {

    /** How people call it, such as {@code index users_email_idx on users} or {@code owner of table users}. */
    public String subject() {
        return switch (kind) {
            case "column", "not-null constraint" -> kind + " " + object;
            case "privileges", "comment" -> kind + " on " + object;
            case "owner", "security labels", "extensions", "column order" -> kind + " of " + object;
            default -> (kind + " " + object).strip() + (table == null ? "" : " on " + table);
        };
    }

    /** The privileges that the reference has and the home lacks, such as {@code SELECT to app}; empty for other kinds. */
    public Set<String> lackingGrants() {
        return kind.equals("privileges") ? Privileges.lacking(expected, actual) : Set.of();
    }
}

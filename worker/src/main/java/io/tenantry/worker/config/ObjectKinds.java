package io.tenantry.worker.config;

import java.util.List;
import java.util.Set;

/** The kinds of objects that a comparison knows: each label of an object begins with its kind, as {@code table audit_log}. */
public final class ObjectKinds {
    /** What people may write, and what is shown to them. */
    public static final String EXPECTED = "globs that begin with a kind of object (table, index, privileges on)";

    private static final List<String> ALL = List.of(
            "aggregate",
            "base type",
            "cast",
            "check constraint",
            "collation",
            "column",
            "comment on",
            "composite type",
            "constraint",
            "conversion",
            "database",
            "default privileges",
            "domain",
            "enum",
            "event trigger",
            "exclusion constraint",
            "extension",
            "extension of",
            "foreign data wrapper",
            "foreign key",
            "foreign table",
            "function",
            "index",
            "locale of",
            "materialized view",
            "multirange type",
            "not-null constraint",
            "operator",
            "operator class",
            "operator family",
            "owner of",
            "policy",
            "primary key",
            "privileges on",
            "procedure",
            "publication",
            "published schema",
            "published table",
            "range type",
            "rule",
            "schema",
            "security labels of",
            "sequence",
            "server",
            "settings of",
            "shell type",
            "statistics",
            "subscription",
            "table",
            "text search configuration",
            "text search dictionary",
            "text search parser",
            "text search template",
            "transform",
            "trigger",
            "unique constraint",
            "user mapping",
            "view");

    /** A home has one of each, so that their labels have no name. */
    private static final Set<String> NAMELESS = Set.of("database", "schema");

    private ObjectKinds() {}

    /** Whether a glob can match the label of some object; a misspelled kind matches none. */
    public static boolean mayMatch(String glob) {
        String fixed = glob.split("[*?]", 2)[0];
        boolean isWhole = fixed.equals(glob);
        return (isWhole && NAMELESS.contains(glob))
                || ALL.stream()
                        .map(kind -> kind + " ")
                        .anyMatch(start -> fixed.startsWith(start) || (!isWhole && start.startsWith(fixed)));
    }
}

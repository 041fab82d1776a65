package io.tenantry.worker.engine.proof;

import io.tenantry.worker.postgres.Identifiers;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds what the database does by itself when a script runs: event triggers, functions of extensions, shared functions.
 * None of it counts as a script's own reach outside its schema. For use by one thread.
 */
final class DatabaseSideEffects {
    /** Statements as in nearly every script, for which event triggers show what they write. */
    private static final List<String> ORDINARY = List.of(
            "CREATE TABLE tenantry_probe (id int PRIMARY KEY)",
            "ALTER TABLE tenantry_probe ADD name text",
            "CREATE INDEX ON tenantry_probe (name)",
            "CREATE VIEW tenantry_probe_view AS SELECT * FROM tenantry_probe",
            "CREATE SEQUENCE tenantry_probe_sequence",
            "CREATE TYPE tenantry_probe_type AS ENUM ('a')",
            "CREATE FUNCTION tenantry_probe() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "COMMENT ON TABLE tenantry_probe IS 'probe'",
            "GRANT SELECT ON tenantry_probe TO PUBLIC",
            "DROP VIEW tenantry_probe_view",
            "DROP TABLE tenantry_probe");

    private static final String EVENT_TRIGGERS =
            "SELECT evtname FROM pg_event_trigger WHERE evtenabled <> 'D' AND evtevent <> 'login'";

    private static final Pattern KIND = Pattern.compile("(?:table|view|materialized view|index|sequence|function) ");
    private static final Pattern LAST_NAME =
            Pattern.compile("(?:\"((?:[^\"]|\"\")+)\"|([\\p{L}\\p{N}_$]+))(?:\\(.*)?$", Pattern.DOTALL);
    private static final Pattern SCHEMA =
            Pattern.compile("^(?:table|view|materialized view|index|sequence) (?:\"((?:[^\"]|\"\")+)\"|([^\".]+))\\.");

    private static final String IDENTIFIER = "(?:\"[^\"]+\"|[\\w$]+)";
    /** Matches the names before a name in a list. */
    private static final String LISTED = "(?:(?:ONLY\\s+)?" + IDENTIFIER + "(?:\\s*\\.\\s*" + IDENTIFIER
            + ")?(?:\\s*\\([^();]*\\))?\\s*\\*?\\s*,\\s*)*+(?:ONLY\\s+)?";

    private static final String BEFORE_A_TARGET =
            "(?:INTO|UPDATE|DELETE\\s+FROM|ONLY|TABLE|VIEW|EXISTS|ON|COPY|TRUNCATE|LOCK|CLUSTER|ANALYZE|COLUMN|PARTITION|OF"
                    + "|SEQUENCE|FUNCTION|PROCEDURE|TYPE|DOMAIN|INDEX|SCHEMA|EXTENSION|TRIGGER|SERVER"
                    + "|CREATE\\s+STATISTICS\\b[^;]*?\\bFROM)";
    private static final String BEFORE_ROWS = "(?:INTO|UPDATE|DELETE\\s+FROM|TRUNCATE|TRUNCATE\\s+TABLE|COPY)";
    /** Behind these words, a relation is only read, or the name is a function's. */
    private static final Pattern BEFORE_READ = Pattern.compile(
            "(?:(?<!\\bDELETE\\s{1,8})\\bFROM|\\b(?:JOIN|REFERENCES|LIKE|FUNCTION|PROCEDURE|SELECT|PERFORM|CALL))\\s+(?:ONLY\\s+)?$",
            Pattern.CASE_INSENSITIVE);

    private static final int LONGEST_BEFORE = 80;
    private static final Pattern TEXT_OF_COMMENT =
            Pattern.compile("\\bIS\\s+(?:E|U&)?'[^']*+(?:''[^']*+)*+'", Pattern.CASE_INSENSITIVE);

    private final Scratch scratch;
    private @Nullable SharedFunctions functions;
    private Set<ForeignChanges.Item> ordinary = Set.of();
    private boolean eventTriggers;

    DatabaseSideEffects(Scratch scratch) {
        this.scratch = scratch;
    }

    /** Whether event triggers react to scripts. All that they write must be rolled back. */
    boolean hasEventTriggers() {
        return eventTriggers;
    }

    /** Finds what event triggers write for ordinary statements; in a transaction in which the home was made. */
    void probe() throws SQLException {
        eventTriggers = !scratch.session().ask(EVENT_TRIGGERS).isEmpty();
        if (!eventTriggers) {
            return;
        }
        scratch.session()
                .execute("SAVEPOINT probe; SET LOCAL search_path = "
                        + Identifiers.quote(scratch.home().schema()));
        try {
            for (String sql : ORDINARY) {
                scratch.session().execute(sql);
            }
        } catch (SQLException forbidden) {
            // A trigger forbids a statement: what was written before it does not count.
            scratch.session().execute("ROLLBACK TO SAVEPOINT probe");
        }
        ordinary = new HashSet<>(ForeignChanges.of(scratch).certain().keySet());
        scratch.session().execute("ROLLBACK TO SAVEPOINT probe; RELEASE SAVEPOINT probe");
    }

    /** Whether all these changes are those that event triggers make for ordinary statements, and the text names none of them. */
    boolean isOrdinary(Set<ForeignChanges.Item> items, String text) {
        return ordinary.containsAll(items) && items.stream().noneMatch(item -> isTarget(item, text));
    }

    /**
     * Whether code of the database, and no script, may have made or changed the item.
     *
     * @param text of the script and those before it, which shows the functions that they call
     */
    boolean mayDo(ForeignChanges.Item item, String text) throws SQLException {
        if (item.ofTenant()) {
            return false;
        }
        return item.ofExtension()
                || ordinary.contains(item)
                || (KIND.matcher(item.name()).lookingAt() && functions().mention(lastName(item), text));
    }

    private SharedFunctions functions() throws SQLException {
        SharedFunctions known = functions;
        if (known == null) {
            known = SharedFunctions.read(scratch.session());
            functions = known;
        }
        return known;
    }

    /**
     * Whether a statement in the text makes or changes the item, or may do so with its name in a string. A name with its
     * schema also counts, unless the item is only read there.
     */
    static boolean isTarget(ForeignChanges.Item item, String text) {
        String code = TEXT_OF_COMMENT.matcher(text).replaceAll(" ");
        String name = Pattern.quote(lastName(item));
        return isBehind(BEFORE_A_TARGET, item, code)
                || Pattern.compile("'(?:[\\w$\"]+\\.)?\"?" + name + "\"?'", Pattern.CASE_INSENSITIVE)
                        .matcher(code)
                        .find()
                || isNamedWithSchema(item, code);
    }

    /** Whether a statement in the text writes rows to the item. */
    static boolean isWritten(ForeignChanges.Item item, String text) {
        return item.name().startsWith("table ") && isBehind(BEFORE_ROWS, item, text);
    }

    private static boolean isBehind(String words, ForeignChanges.Item item, String code) {
        String schema = schema(item);
        String before = schema.isEmpty() ? IDENTIFIER : "(?:\"?" + Pattern.quote(schema) + "\"?|%\\w)";
        return Pattern.compile(
                        "\\b" + words + "\\s+" + LISTED + "(?:" + before + "\\s*\\.\\s*)?\"?"
                                + Pattern.quote(lastName(item)) + "(?![\\w$])",
                        Pattern.CASE_INSENSITIVE)
                .matcher(code)
                .find();
    }

    private static boolean isNamedWithSchema(ForeignChanges.Item item, String code) {
        String schema = schema(item);
        if (schema.isEmpty()) {
            return false;
        }
        Matcher named = Pattern.compile(
                        "(?<![\\w$\"])\"?" + Pattern.quote(schema) + "\"?\\s*\\.\\s*\"?" + Pattern.quote(lastName(item))
                                + "(?![\\w$])",
                        Pattern.CASE_INSENSITIVE)
                .matcher(code);
        while (named.find()) {
            String before = code.substring(Math.max(0, named.start() - LONGEST_BEFORE), named.start());
            if (!BEFORE_READ.matcher(before).find()) {
                return true;
            }
        }
        return false;
    }

    /** The schema of a relation; empty for other items. */
    private static String schema(ForeignChanges.Item item) {
        Matcher schema = SCHEMA.matcher(item.name());
        return !schema.find()
                ? ""
                : schema.group(1) == null ? schema.group(2) : schema.group(1).replace("\"\"", "\"");
    }

    private static String lastName(ForeignChanges.Item item) {
        Matcher last = LAST_NAME.matcher(item.name());
        return !last.find()
                ? item.name()
                : last.group(1) == null ? last.group(2) : last.group(1).replace("\"\"", "\"");
    }
}

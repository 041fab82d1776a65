package io.tenantry.worker.engine;

import io.tenantry.worker.postgres.Identifiers;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the database does of itself when a script runs: event triggers, functions of extensions, functions that all share.
 * No script reaches for that. For use by one thread.
 */
final class DatabaseDoing {
    /** What nearly every script has in it, so that event triggers show what they write. */
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

    /** Bodies of functions that are not the server's own. */
    private static final String IN_A_BODY = """
            SELECT EXISTS (
                SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE p.prosrc ~* ? AND n.nspname NOT IN ('pg_catalog', 'information_schema', ?))
            """;

    private static final Pattern LAST_NAME =
            Pattern.compile("(?:\"((?:[^\"]|\"\")+)\"|([\\p{L}\\p{N}_$]+))(?:\\(.*)?$", Pattern.DOTALL);
    private static final String BEFORE_A_TARGET =
            "(?:INTO|UPDATE|DELETE\\s+FROM|ONLY|TABLE|VIEW|EXISTS|ON|COPY|TRUNCATE"
                    + "|SEQUENCE|FUNCTION|PROCEDURE|TYPE|DOMAIN|INDEX|SCHEMA|EXTENSION|TRIGGER|SERVER)";

    private final Scratch scratch;
    private final Map<String, Boolean> bodies = new HashMap<>();
    private Set<OutsideObjects.Item> ordinary = Set.of();
    private boolean eventTriggers;

    DatabaseDoing(Scratch scratch) {
        this.scratch = scratch;
    }

    /** Whether event triggers answer to what scripts do: what they write must be rolled back. */
    boolean hasEventTriggers() {
        return eventTriggers;
    }

    /** Lets event triggers show what they write; within a transaction in which the home was made. */
    void probe() throws SQLException {
        eventTriggers = !scratch.ask(EVENT_TRIGGERS).isEmpty();
        if (!eventTriggers) {
            return;
        }
        scratch.execute("SAVEPOINT probe; SET LOCAL search_path = "
                + Identifiers.quote(scratch.home().schema()));
        try (Statement statement = scratch.connection().createStatement()) {
            for (String sql : ORDINARY) {
                statement.execute(sql);
            }
        } catch (SQLException forbidden) {
            // A trigger that forbids something: what was written until then counts for nothing.
            scratch.execute("ROLLBACK TO SAVEPOINT probe");
        }
        ordinary = new HashSet<>(
                OutsideObjects.of(scratch.connection(), scratch.home().schema()).certain());
        scratch.execute("ROLLBACK TO SAVEPOINT probe; RELEASE SAVEPOINT probe");
    }

    /** Whether these are only what event triggers write for whatever a script does, and the text names none of them. */
    boolean isOrdinary(Set<OutsideObjects.Item> items, String text) {
        return ordinary.containsAll(items) && items.stream().noneMatch(item -> isTarget(item, text));
    }

    /** Whether code of the database may have made or changed it. */
    boolean mayDo(OutsideObjects.Item item) throws SQLException {
        return !item.ofTenant() && (item.ofExtension() || ordinary.contains(item) || isInABody(lastName(item)));
    }

    /** Whether a statement in the text makes or changes what has this name, or may do so with a name in a string. */
    static boolean isTarget(OutsideObjects.Item item, String text) {
        String name = Pattern.quote(lastName(item));
        return Pattern.compile(
                        "\\b" + BEFORE_A_TARGET + "\\s+(?:(?:\"[^\"]+\"|[\\w$]+)\\s*\\.\\s*)?\"?" + name + "(?![\\w$])"
                                + "|'(?:[\\w$\"]+\\.)?\"?" + name + "\"?'",
                        Pattern.CASE_INSENSITIVE)
                .matcher(text)
                .find();
    }

    private static String lastName(OutsideObjects.Item item) {
        Matcher last = LAST_NAME.matcher(item.name());
        return !last.find()
                ? item.name()
                : last.group(1) == null ? last.group(2) : last.group(1).replace("\"\"", "\"");
    }

    private boolean isInABody(String name) throws SQLException {
        Boolean known = bodies.get(name);
        if (known == null) {
            known = lookIntoBodies(name);
            bodies.put(name, known);
        }
        return known;
    }

    private boolean lookIntoBodies(String name) throws SQLException {
        try (PreparedStatement query = scratch.connection().prepareStatement(IN_A_BODY)) {
            query.setString(
                    1, "(^|[^[:alnum:]_$])" + name.replaceAll("[^\\p{L}\\p{N}_]", "\\\\$0") + "($|[^[:alnum:]_$])");
            query.setString(2, scratch.home().schema());
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}

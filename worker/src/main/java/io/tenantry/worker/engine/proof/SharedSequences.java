package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.SqlStatements;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds statements that take a number from a sequence outside the schema of a tenant. A rollback does not give the
 * number back. For use by one thread, in one session.
 */
final class SharedSequences {
    private static final String NAME = "(?:\"(?:[^\"]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)";
    private static final String QUALIFIED = NAME + "(?:\\s*\\.\\s*" + NAME + ")?";
    private static final Pattern CALL = Pattern.compile("\\b(?:nextval|setval)\"?\\s*\\(", Pattern.CASE_INSENSITIVE);
    private static final String QUOTED = "'+(" + QUALIFIED + ")'+\\s*";
    private static final String AS_TEXT = "(?:::\\s*text\\s*)?";
    /** An argument that names a sequence, with casts and parentheses around. */
    private static final Pattern NAMED = Pattern.compile(
            "(?:CAST\\b|[\\s(])*" + QUOTED
                    + "(?:::\\s*(?:pg_catalog\\s*\\.\\s*)?(?:text|varchar|name|regclass)\\s*|AS\\s+regclass\\s*\\)\\s*"
                    + "|\\)\\s*(?=[:,)]))*[,)]",
            Pattern.CASE_INSENSITIVE);
    /** An argument that names the table whose sequence it is. */
    private static final Pattern OF_TABLE = Pattern.compile(
            "\\s*(?:pg_catalog\\s*\\.\\s*)?pg_get_serial_sequence\\s*\\(\\s*" + QUOTED + AS_TEXT + ",\\s*'[^']*'+\\s*"
                    + AS_TEXT + "\\)\\s*(?:::\\s*regclass\\s*)?[,)]",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern FILLED = Pattern.compile(
            "\\b(?:INSERT\\s+INTO|MERGE\\s+INTO(?:\\s+ONLY)?|COPY)\\s+(" + QUALIFIED + ")"
                    + "|\\bUPDATE\\s+(?:ONLY\\s+)?(" + QUALIFIED + ")\\b[^;]*?=\\s*(?:ROW\\s*)?\\(?[^;]*?\\bDEFAULT\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern MAKES_TABLE = Pattern.compile(
            "^CREATE\\s+(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|FOREIGN)\\s+)*TABLE\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern WITH_ROWS =
            Pattern.compile("\\bAS[\\s(]*(?:SELECT|WITH|VALUES|TABLE|EXECUTE)\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern ALTERS_TABLE =
            Pattern.compile("^ALTER\\s+(?:FOREIGN\\s+)?TABLE\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern LATER_DEFAULT =
            Pattern.compile("\\bSET\\s+DEFAULT\\s+(?:pg_catalog\\s*\\.\\s*)?nextval\\s*\\(", Pattern.CASE_INSENSITIVE);
    private static final Pattern MAKES_ROUTINE =
            Pattern.compile("^CREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:FUNCTION|PROCEDURE)\\b", Pattern.CASE_INSENSITIVE);

    /** Finds a sequence outside the schema: the named one, or one that fills a column of the named table. */
    private static final String QUERY = """
            SELECT s.oid::regclass::text
            FROM (SELECT to_regclass(?)::oid AS oid, (SELECT n.oid FROM pg_namespace n WHERE n.nspname = ?) AS home) named
                JOIN pg_class s ON s.relkind = 'S' AND s.relnamespace <> named.home AND s.relpersistence <> 't'
                    AND s.oid = ANY (ARRAY(
                        SELECT named.oid
                        UNION ALL SELECT d.refobjid FROM pg_attrdef a
                            JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid
                                AND d.refclassid = 'pg_class'::regclass
                            WHERE a.adrelid = named.oid
                        UNION ALL SELECT d.objid FROM pg_depend d
                            WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'i'
                                AND d.refclassid = 'pg_class'::regclass AND d.refobjid = named.oid))
            LIMIT 1
            """;

    private final Connection connection;
    private final String schema;
    /** In a database of its own no sequence is shared. */
    private final boolean hasOwnDatabase;

    private final Map<String, Optional<String>> known = new HashMap<>();
    /** Tables that routines of scripts fill. The tables and their defaults may be made after the routine. */
    private final Set<String> filledByRoutines = new TreeSet<>();

    private boolean hasSharedDefault;

    SharedSequences(Scratch scratch) {
        this.connection = scratch.session().connection();
        this.schema = scratch.home().schema();
        this.hasOwnDatabase = scratch.hasOwnDatabase();
    }

    /** Starts again at the first script. */
    void begin() {
        forget();
        filledByRoutines.clear();
        hasSharedDefault = false;
    }

    /** Forgets which tables draw from which sequences, since a statement may have changed that. */
    void forget() {
        known.clear();
    }

    /**
     * The shared sequence from which the statement may take a number; empty if there is none. Names are looked up on the
     * current search path.
     */
    Optional<String> drawnBy(String statement) throws SQLException {
        if (hasOwnDatabase) {
            return Optional.empty();
        }
        String code = SqlStatements.withoutComments(statement).strip();
        Optional<String> drawn = drawnByCalls(drawing(code));
        if (drawn.isPresent()) {
            return drawn;
        }
        Set<String> filled = filled(code);
        if (MAKES_ROUTINE.matcher(code).find()) {
            filledByRoutines.addAll(filled);
        }
        if (hasSharedDefault) {
            filled.addAll(filledByRoutines);
        }
        hasSharedDefault |= mayGiveSharedDefault(code);
        for (String table : filled) {
            Optional<String> sequence = sequence(table);
            if (sequence.isPresent()) {
                return sequence;
            }
        }
        return Optional.empty();
    }

    /** The statement without defaults that it only defines. */
    private static String drawing(String code) {
        if (MAKES_TABLE.matcher(code).find() && !WITH_ROWS.matcher(code).find()) {
            return "";
        }
        return ALTERS_TABLE.matcher(code).find() ? LATER_DEFAULT.matcher(code).replaceAll(" ") : code;
    }

    private static boolean mayGiveSharedDefault(String code) {
        return MAKES_TABLE.matcher(code).find() || ALTERS_TABLE.matcher(code).find();
    }

    /** A sequence whose name is only known when the statement runs counts as shared. */
    private Optional<String> drawnByCalls(String code) throws SQLException {
        Matcher call = CALL.matcher(code);
        while (call.find()) {
            Matcher argument = NAMED.matcher(code).region(call.end(), code.length());
            if (!argument.lookingAt()) {
                argument.usePattern(OF_TABLE);
            }
            if (!argument.lookingAt()) {
                return Optional.of("that is known only when the script runs: " + call.group() + "…)");
            }
            Optional<String> sequence = sequence(argument.group(1));
            if (sequence.isPresent()) {
                return sequence;
            }
        }
        return Optional.empty();
    }

    private static Set<String> filled(String code) {
        Set<String> tables = new LinkedHashSet<>();
        Matcher filled = FILLED.matcher(code);
        while (filled.find()) {
            tables.add(filled.group(1) == null ? filled.group(2) : filled.group(1));
        }
        return tables;
    }

    /** Whether a new row of the table may take a number of a shared sequence. */
    boolean fills(String ofSchema, String table) throws SQLException {
        return !hasOwnDatabase
                && find(Identifiers.quote(ofSchema) + "." + Identifiers.quote(table))
                        .isPresent();
    }

    private Optional<String> sequence(String name) throws SQLException {
        Optional<String> before = known.get(name);
        if (before != null) {
            return before;
        }
        Optional<String> found = find(name);
        known.put(name, found);
        return found;
    }

    private Optional<String> find(String name) throws SQLException {
        return Sql.first(connection, QUERY, row -> row.getString(1), name, schema);
    }
}

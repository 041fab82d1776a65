package io.tenantry.worker.engine;

import io.tenantry.worker.postgres.Identifiers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds statements that would draw from a sequence outside the schema of a tenant: no rollback gives the number back. For
 * use by one thread, in one session.
 */
final class SharedSequences {
    private static final String NAME = "(?:\"(?:[^\"]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)";
    private static final String QUALIFIED = NAME + "(?:\\s*\\.\\s*" + NAME + ")?";
    private static final Pattern SEQUENCE =
            Pattern.compile("\\b(?:nextval|setval)\\s*\\(\\s*'(" + QUALIFIED + ")'", Pattern.CASE_INSENSITIVE);
    private static final Pattern FILLED = Pattern.compile(
            "\\b(?:INSERT\\s+INTO|MERGE\\s+INTO(?:\\s+ONLY)?|COPY)\\s+(" + QUALIFIED + ")", Pattern.CASE_INSENSITIVE);

    /** The sequence that is not in the schema: the named one, or one that fills a column of the named table. */
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
    private final Map<String, Optional<String>> known = new HashMap<>();

    SharedSequences(Connection connection, String schema) {
        this.connection = connection;
        this.schema = schema;
    }

    /** Tables may be others now. */
    void forget() {
        known.clear();
    }

    /**
     * The sequence that the statement may draw from; empty if there is none. Names are looked up on the search path of
     * this moment.
     */
    Optional<String> drawnBy(String statement) throws SQLException {
        String code = SqlStatements.withoutComments(statement);
        Optional<String> named = first(SEQUENCE.matcher(code));
        return named.isPresent() ? named : first(FILLED.matcher(code));
    }

    /** Whether a row of the table may take a number of such a sequence. */
    boolean fills(String ofSchema, String table) throws SQLException {
        return look(Identifiers.quote(ofSchema) + "." + Identifiers.quote(table))
                .isPresent();
    }

    private Optional<String> first(Matcher names) throws SQLException {
        while (names.find()) {
            Optional<String> sequence = sequence(names.group(1));
            if (sequence.isPresent()) {
                return sequence;
            }
        }
        return Optional.empty();
    }

    private Optional<String> sequence(String name) throws SQLException {
        Optional<String> before = known.get(name);
        if (before != null) {
            return before;
        }
        Optional<String> found = look(name);
        known.put(name, found);
        return found;
    }

    private Optional<String> look(String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setString(1, name);
            query.setString(2, schema);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }
}

package io.tenantry.worker.drift.check;

import io.tenantry.worker.drift.Comparison.Spelling;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Finds definitions that differ in their spelling alone. PostgreSQL prints an expression from its parsed form, and parsing
 * what it printed may give another form: {@code status IN ('a', 'b')} on a varchar column is printed with the casts in one
 * place, and with the casts in another place after a pg_dump and a restore. So both texts are parsed once more and printed
 * again: each in temporary objects, in a transaction that is rolled back. For one use, by one thread.
 */
final class Respelling {
    private static final String TABLE = "tenantry_table";
    private static final String OBJECT = "tenantry_object";
    private static final Pattern POSITION = Pattern.compile(" \\(position \\d+\\)$");

    private final Connection connection;
    private final String schema;
    private final List<Respelled> texts = new ArrayList<>();

    private Respelling(Connection connection, String schema, List<Spelling> changed) {
        this.connection = connection;
        this.schema = schema;
        for (Spelling spelling : changed) {
            Respelled.of(spelling, texts.size(), schema).ifPresent(texts::add);
        }
        // First what reads tables: copies of them hide the home's, and lack its keys.
        texts.sort(Comparator.comparing(text -> text.table() != null));
    }

    /**
     * Those that are the same definition. What cannot be made again is left out, as where the role may not
     * make temporary tables. No object of the home is changed, or locked longer than this takes.
     *
     * @param schema of all of them
     * @param connection to the home's database, in no transaction
     */
    static Set<Spelling> same(Connection connection, String schema, List<Spelling> changed) throws SQLException {
        Respelling respelling = new Respelling(connection, schema, changed);
        return respelling.texts.isEmpty() ? Set.of() : respelling.run();
    }

    private Set<Spelling> run() throws SQLException {
        connection.setAutoCommit(false);
        try {
            Sql.execute(connection, "SET LOCAL search_path = pg_temp, " + Identifiers.quote(schema));
            SortedMap<String, Entry> expected = printed(Respelled::expected);
            SortedMap<String, Entry> actual = printed(Respelled::actual);
            Set<Spelling> same = new HashSet<>();
            for (Respelled text : texts) {
                Optional<String> one = definition(expected, text.label());
                if (one.isPresent() && one.equals(definition(actual, text.label()))) {
                    same.add(text.spelling());
                }
            }
            return same;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** Empty if the object could not be made. */
    private static Optional<String> definition(SortedMap<String, Entry> printed, String label) {
        return printed.tailMap(label).entrySet().stream()
                .limit(1)
                // The types of a function's arguments follow.
                .filter(first -> label.endsWith("(")
                        ? first.getKey().startsWith(label)
                        : first.getKey().equals(label))
                .map(first -> POSITION.matcher(first.getValue().definition()).replaceFirst(""))
                .findFirst();
    }

    /** What PostgreSQL prints of the objects that it makes from one side's texts, by their labels. */
    private SortedMap<String, Entry> printed(Function<Respelled, String> side) throws SQLException {
        Sql.execute(connection, "SAVEPOINT tenantry_side");
        Map<String, Boolean> tables = new HashMap<>();
        int made = 0;
        for (Respelled text : texts) {
            String table = text.table();
            if (table == null || isMade(tables, table)) {
                made += make(OBJECT, side.apply(text)) ? 1 : 0;
            }
        }
        SortedMap<String, Entry> printed = made == 0 ? new TreeMap<>() : snapshot();
        Sql.execute(connection, "ROLLBACK TO SAVEPOINT tenantry_side");
        return printed;
    }

    private boolean isMade(Map<String, Boolean> tables, String table) throws SQLException {
        Boolean known = tables.get(table);
        if (known == null) {
            known = make(
                    TABLE,
                    "CREATE TEMPORARY TABLE " + table + " (LIKE " + Identifiers.quote(schema) + "." + table + ")");
            tables.put(table, known);
        }
        return known;
    }

    private boolean make(String savepoint, String sql) throws SQLException {
        Sql.execute(connection, "SAVEPOINT " + savepoint);
        try {
            Sql.execute(connection, sql);
            return true;
        } catch (SQLException cannotBeMade) {
            // Somebody holds a lock, or the server is away: that says nothing about the definition.
            if (HomeCheck.isPassing(cannotBeMade) || SqlFailure.of(cannotBeMade) == SqlFailure.SERVER_AWAY) {
                throw cannotBeMade;
            }
            Sql.execute(connection, "ROLLBACK TO SAVEPOINT " + savepoint);
            return false;
        }
    }

    private SortedMap<String, Entry> snapshot() throws SQLException {
        String place = temporarySchema();
        SortedMap<String, Entry> entries = new TreeMap<>();
        CatalogSnapshot.of(connection, place).entries().forEach((label, entry) -> {
            String inPlace = label.replace(" " + place + ".", " " + Respelled.PLACE + ".");
            entries.put(inPlace, entry);
        });
        return entries;
    }

    private String temporarySchema() throws SQLException {
        return Objects.requireNonNull(Sql.one(
                connection,
                "SELECT nspname FROM pg_catalog.pg_namespace WHERE oid = pg_catalog.pg_my_temp_schema()",
                row -> row.getString(1)));
    }
}

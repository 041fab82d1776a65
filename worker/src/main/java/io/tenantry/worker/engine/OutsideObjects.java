package io.tenantry.worker.engine;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction has made or changed outside a schema, as far as it can be told before its end. The rest is told by
 * what the same objects are like after a rollback.
 *
 * @param names of what was made or changed
 * @param questionable relations that may have been changed, with their names and states
 * @param vanished what was dropped, or is only locked
 */
record OutsideObjects(Set<String> names, Map<Ref, Found> questionable, Set<Ref> vanished) {
    private static final String OBJECTS = SqlText.of("objects.sql");
    private static final String AFTER = query("outside-objects.sql");
    private static final String BEFORE = query("objects-before.sql");

    /** An object of the database: the catalog that it stands in, and its number there. */
    record Ref(long catalog, long number) {}

    /**
     * A relation at one moment.
     *
     * @param state differs after whatever changes it, but for its rows and its part in foreign keys
     */
    record Found(String name, @Nullable String state) {}

    /** Looks, within the transaction; the schema must exist. */
    static OutsideObjects of(Connection connection, String schema) throws SQLException {
        Set<String> names = new TreeSet<>();
        Map<Ref, Found> questionable = new HashMap<>();
        Set<Ref> vanished = new HashSet<>();
        try (PreparedStatement query = connection.prepareStatement(AFTER)) {
            for (int i = 1; i <= 3; i++) {
                query.setString(i, schema);
            }
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    @Nullable String name = row.getString("name");
                    Ref ref = new Ref(row.getLong("class"), row.getLong("id"));
                    if (name == null) {
                        vanished.add(ref);
                    } else if (row.getString("state") == null) {
                        names.add(name);
                    } else {
                        questionable.put(ref, new Found(name, row.getString("state")));
                    }
                }
            }
        }
        return new OutsideObjects(names, questionable, vanished);
    }

    /** The names of all that it made, changed or dropped; after it was rolled back. */
    Set<String> resolve(Connection connection, String schema) throws SQLException {
        Set<String> all = new TreeSet<>(names);
        if (questionable.isEmpty() && vanished.isEmpty()) {
            return all;
        }
        Map<Ref, Found> before = before(connection, schema);
        questionable.forEach((ref, now) -> {
            @Nullable Found then = before.get(ref);
            if (then == null || !Objects.equals(then.state(), now.state())) {
                all.add(now.name());
            }
        });
        vanished.forEach(ref -> {
            @Nullable Found then = before.get(ref);
            if (then != null) {
                all.add(then.name());
            }
        });
        return all;
    }

    private Map<Ref, Found> before(Connection connection, String schema) throws SQLException {
        Set<Ref> wanted = new HashSet<>(vanished);
        wanted.addAll(questionable.keySet());
        Map<Ref, Found> before = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement(BEFORE)) {
            Array ids = connection.createArrayOf(
                    "int8", wanted.stream().map(Ref::number).toArray());
            query.setArray(
                    1,
                    connection.createArrayOf(
                            "int8", wanted.stream().map(Ref::catalog).toArray()));
            query.setArray(2, ids);
            query.setString(3, schema);
            query.setArray(4, ids);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    before.put(
                            new Ref(row.getLong("class"), row.getLong("id")),
                            new Found(row.getString("name"), row.getString("state")));
                }
            }
        }
        return before;
    }

    private static String query(String name) {
        return SqlText.of(name)
                .replace("/*objects*/", OBJECTS)
                .replace("/*relation*/", SqlText.of("relation-name.sql"))
                .replace("/*state*/", SqlText.of("relation-state.sql"));
    }
}

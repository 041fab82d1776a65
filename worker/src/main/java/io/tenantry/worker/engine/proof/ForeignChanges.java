package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.snapshot.SqlText;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.Sql.RowReader;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The objects outside a schema that a transaction has created or changed, as far as this is visible before its end. For
 * the rest, the same objects are compared after a rollback.
 *
 * @param certain objects that were created or changed, with traces that differ when an object is changed again
 * @param questionable relations, comments and large objects that may have been changed, with their names and states
 * @param vanished objects that were dropped, or are only locked
 * @param shared rows of catalogs whose changes only a comparison shows
 */
record ForeignChanges(
        Map<Item, Set<String>> certain, Map<Ref, Found> questionable, Set<Ref> vanished, SharedRows shared) {
    static final ForeignChanges NONE = new ForeignChanges(Map.of(), Map.of(), Set.of(), SharedRows.NONE);
    private static final String OBJECTS = SqlText.of(ForeignChanges.class, "objects.sql");
    private static final String SINCE_15 = SqlText.of(ForeignChanges.class, "objects-since-15.sql");
    private static final Query AFTER = Query.of("outside-objects.sql");
    private static final Query BEFORE = Query.of("objects-before.sql");

    /** The names of objects that are not part of one database begin with this. */
    private static final Pattern OUTSIDE_DATABASE = Pattern.compile(
            "a role|role |memberships? |settings of |database |tablespace |comment on (?:role |a database)|right to set parameter ");

    /** An object of the database: its catalog, and its number there. */
    record Ref(long catalog, long number) {}

    /**
     * An object that was created or changed.
     *
     * @param name its kind and name
     * @param ofExtension whether it belongs to an extension
     * @param ofTenant whether it is the tenant's own although it is in no schema, as a role or a large object can be
     */
    record Item(String name, boolean ofExtension, boolean ofTenant) {
        /** Whether it would outlive the database, as a role does. */
        private boolean isOutsideDatabase() {
            return OUTSIDE_DATABASE.matcher(name).lookingAt();
        }

        /** An item that was there before the script, and so is the tenant's only if the trial has made it. */
        private Item of(Set<String> own) {
            return new Item(name, ofExtension, own.contains(name));
        }
    }

    /**
     * A relation, a comment or a large object at one moment.
     *
     * @param state differs after each change, except changes of rows, of foreign keys and of a large object's bytes
     */
    record Found(Item item, @Nullable String state) {}

    /** Reads the changes, within the transaction. The schema must exist. */
    static ForeignChanges of(Scratch scratch) throws SQLException {
        Connection connection = scratch.session().connection();
        String schema = scratch.home().schema();
        Map<Item, Set<String>> certain = new HashMap<>();
        Map<Ref, Found> questionable = new HashMap<>();
        Set<Ref> vanished = new HashSet<>();
        RowReader reader = row -> {
            @Nullable String name = row.getString("name");
            Ref ref = new Ref(row.getLong("class"), row.getLong("id"));
            if (name == null) {
                vanished.add(ref);
                return;
            }
            Item item = new Item(name, row.getBoolean("extension"), row.getBoolean("tenants"));
            if (row.getString("state") == null) {
                certain.computeIfAbsent(item, made -> new HashSet<>()).add(String.valueOf(row.getString("trace")));
            } else {
                questionable.put(ref, new Found(item, row.getString("state")));
            }
        };
        Sql.forEach(connection, AFTER.on(connection), reader, scratch.namePart().orElse(""), schema, schema, schema);
        return new ForeignChanges(certain, questionable, vanished, SharedRows.of(connection));
    }

    /** The changes since an earlier moment of the same transaction. */
    ForeignChanges without(ForeignChanges earlier) {
        Map<Item, Set<String>> made = new HashMap<>(certain);
        made.entrySet().removeAll(earlier.certain.entrySet());
        Map<Ref, Found> changed = new HashMap<>(questionable);
        changed.entrySet().removeAll(earlier.questionable.entrySet());
        Set<Ref> gone = new HashSet<>(vanished);
        gone.removeAll(earlier.vanished);
        return new ForeignChanges(made, changed, gone, shared.without(earlier.shared));
    }

    /**
     * The names of the tenant's own objects that are in no schema. A changed large object of others looks like the tenant's
     * here.
     *
     * @param ofOthers the names of objects that are known not to be the tenant's
     */
    Set<String> own(Set<String> ofOthers) {
        Set<String> own = new HashSet<>();
        Stream.concat(certain.keySet().stream(), questionable.values().stream().map(Found::item))
                .filter(Item::ofTenant)
                .map(Item::name)
                .forEach(own::add);
        own.removeAll(ofOthers);
        return own;
    }

    /**
     * All objects that were created, changed or dropped. To be called after the rollback.
     *
     * @param own the names of the tenant's objects that are still there after the rollback
     */
    Set<Item> resolve(Scratch scratch, Set<String> own) throws SQLException {
        Connection connection = scratch.session().connection();
        Set<Item> all = new HashSet<>(certain.keySet());
        Optional<String> tenant = scratch.namePart();
        shared.changed(connection)
                .forEach(name -> all.add(
                        new Item(name, false, tenant.filter(name::contains).isPresent())));
        if (questionable.isEmpty() && vanished.isEmpty()) {
            return all;
        }
        Map<Ref, Found> before = before(connection, scratch.home().schema());
        questionable.forEach((ref, now) -> {
            @Nullable Found then = before.get(ref);
            if (then == null) {
                all.add(now.item());
            } else if (!Objects.equals(then.state(), now.state())) {
                all.add(now.item().of(own));
            }
        });
        vanished.forEach(ref -> {
            @Nullable Found then = before.get(ref);
            if (then != null) {
                all.add(then.item().of(own));
            }
        });
        return all;
    }

    /** Those of the items that would outlive the database. */
    static Set<Item> outsideDatabase(Set<Item> items) {
        return items.stream().filter(Item::isOutsideDatabase).collect(Collectors.toSet());
    }

    private Map<Ref, Found> before(Connection connection, String schema) throws SQLException {
        Set<Ref> wanted = new HashSet<>(vanished);
        wanted.addAll(questionable.keySet());
        Map<Ref, Found> before = new HashMap<>();
        Array catalogs = connection.createArrayOf(
                "int8", wanted.stream().map(Ref::catalog).toArray());
        Array ids = connection.createArrayOf(
                "int8", wanted.stream().map(Ref::number).toArray());
        RowReader reader = row -> before.put(
                new Ref(row.getLong("class"), row.getLong("id")),
                new Found(new Item(String.valueOf(row.getString("name")), false, false), row.getString("state")));
        Sql.forEach(connection, BEFORE.on(connection), reader, catalogs, ids, schema, ids);
        return before;
    }

    /** One query for roles that may read pg_authid, and one for the others. */
    private record Query(String withRoles, String without) {
        private static Query of(String name) {
            String text = SqlText.of(ForeignChanges.class, name)
                    .replace("/*objects*/", OBJECTS)
                    .replace("/*relation*/", SqlText.of(ForeignChanges.class, "relation-name.sql"))
                    .replace("/*extension*/", SqlText.of(ForeignChanges.class, "relation-extension.sql"))
                    .replace("/*large object*/", SqlText.of(ForeignChanges.class, "large-object-state.sql"))
                    .replace("/*state*/", SqlText.of(ForeignChanges.class, "relation-state.sql"));
            return new Query(
                    text.replace("/*roles*/", SqlText.of(ForeignChanges.class, "roles.sql")),
                    text.replace("/*roles*/", SqlText.of(ForeignChanges.class, "roles-without-transaction.sql")));
        }

        private String on(Connection connection) throws SQLException {
            return Sql.one(
                    connection,
                    "SELECT has_table_privilege('pg_catalog.pg_authid', 'SELECT'),"
                            + " current_setting('server_version_num')::int >= 150000",
                    row -> (row.getBoolean(1) ? withRoles : without)
                            .replace("/*since 15*/", row.getBoolean(2) ? SINCE_15 : ""));
        }
    }
}

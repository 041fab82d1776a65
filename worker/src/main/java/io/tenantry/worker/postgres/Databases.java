package io.tenantry.worker.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads, creates and drops the databases of a server, on a connection to one of them. For use by one thread. */
public final class Databases {
    /** Another session was faster: duplicate_database, or unique_violation if both began at the same moment. */
    private static final Set<String> THERE_ALREADY = Set.of("42P04", "23505");
    /**
     * Another session uses the database (object_in_use), or was faster: the database is gone (invalid_catalog_name), or
     * exists already. The same work may succeed a moment later.
     */
    private static final Set<String> PASSING = Set.of("55006", "3D000", "42P04", "23505");

    /**
     * A database.
     *
     * @param comment null if it has none
     * @param template whether every role may copy it, and none may drop it
     * @param open whether it can be connected to
     */
    public record Found(String name, @Nullable String comment, boolean template, boolean open) {
        /** Whether it is a finished template. */
        public boolean frozen() {
            return template && !open;
        }
    }

    private final Connection connection;

    /** @param connection to any other database of the server, in no transaction */
    public Databases(Connection connection) {
        this.connection = connection;
    }

    /** The database of this name. */
    public Optional<Found> find(String name) throws SQLException {
        return select("datname = ?", name).stream().findFirst();
    }

    /** All databases whose names begin with this prefix. */
    public List<Found> startingWith(String prefix) throws SQLException {
        return select("starts_with(datname, ?)", prefix);
    }

    private List<Found> select(String condition, String parameter) throws SQLException {
        String sql = "SELECT datname, shobj_description(oid, 'pg_database'), datistemplate, datallowconn FROM"
                + " pg_database WHERE " + condition + " ORDER BY datname";
        return Sql.query(
                connection,
                sql,
                row -> new Found(row.getString(1), row.getString(2), row.getBoolean(3), row.getBoolean(4)),
                parameter);
    }

    /**
     * Creates an empty database, or a copy of a template.
     *
     * @param template null for the server's default one
     */
    public void create(String name, @Nullable String template) throws SQLException {
        execute("CREATE DATABASE " + Identifiers.quote(name)
                + (template == null ? "" : " TEMPLATE " + Identifiers.quote(template)));
    }

    /** Sets the comment. */
    public void comment(String name, String comment) throws SQLException {
        execute("COMMENT ON DATABASE " + Identifiers.quote(name) + " IS " + Identifiers.literal(comment));
    }

    /** Sets the final name and the comment, both or neither. */
    public void rename(String name, String newName, String comment) throws SQLException {
        inTransaction(rename(name, newName) + commentOn(newName, comment));
    }

    /**
     * Makes it a template to which no session can connect, and sets its final name and comment: all or nothing.
     *
     * @return false if there is one with that name
     */
    public boolean freeze(String name, String newName, String comment) throws SQLException {
        try {
            inTransaction("ALTER DATABASE " + Identifiers.quote(name)
                    + " WITH ALLOW_CONNECTIONS false IS_TEMPLATE true; " + rename(name, newName)
                    + commentOn(newName, comment));
            return true;
        } catch (SQLException failure) {
            if (THERE_ALREADY.contains(String.valueOf(failure.getSQLState()))) {
                return false;
            }
            throw failure;
        }
    }

    /** Whether a client's session is connected to the database. */
    public boolean isInUse(String name) throws SQLException {
        // The kind of a session that this role may not see is null.
        String sql = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = ?"
                + " AND coalesce(backend_type, 'client backend') = 'client backend')";
        return Sql.first(connection, sql, row -> row.getBoolean(1), name).orElse(false);
    }

    /** Drops the database if it exists, also if it is a template. Fails if a session is connected to it. */
    public void drop(String name) throws SQLException {
        Optional<Found> found = find(name);
        if (found.isPresent()) {
            if (found.get().template()) {
                execute("ALTER DATABASE " + Identifiers.quote(name) + " WITH IS_TEMPLATE false");
            }
            execute("DROP DATABASE IF EXISTS " + Identifiers.quote(name));
        }
    }

    /**
     * Whether a copy would equal a database made by the same scripts: owner, privileges, settings and comment of a
     * database are not copied.
     *
     * @see <a href="https://www.postgresql.org/docs/current/manage-ag-templatedbs.html">template databases</a>
     */
    public boolean isCopiedWhole(String name) throws SQLException {
        String sql = "SELECT d.datacl IS NULL AND pg_get_userbyid(d.datdba) = current_user AND NOT EXISTS (SELECT FROM"
                + " pg_db_role_setting s WHERE s.setdatabase = d.oid) AND NOT EXISTS (SELECT FROM pg_subscription s"
                + " WHERE s.subdbid = d.oid) AND NOT EXISTS (SELECT FROM pg_shdescription c WHERE c.objoid = d.oid AND"
                + " c.classoid = 'pg_database'::regclass) FROM pg_database d WHERE datname = ?";
        return Sql.first(connection, sql, row -> row.getBoolean(1), name).orElse(false);
    }

    private static String rename(String name, String newName) {
        return "ALTER DATABASE " + Identifiers.quote(name) + " RENAME TO " + Identifiers.quote(newName) + "; ";
    }

    private static String commentOn(String name, String comment) {
        return "COMMENT ON DATABASE " + Identifiers.quote(name) + " IS " + Identifiers.literal(comment);
    }

    private void inTransaction(String sql) throws SQLException {
        Transaction.run(connection, () -> {
            execute(sql);
            return true;
        });
    }

    private void execute(String sql) throws SQLException {
        try {
            Sql.execute(connection, sql);
        } catch (SQLException failure) {
            if (failure.getSQLState() != null && PASSING.contains(failure.getSQLState())) {
                throw new SQLTransientException(failure.getMessage(), failure.getSQLState(), failure);
            }
            throw failure;
        }
    }
}

package io.tenantry.worker.engine.proof;

import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a shared home finds in its server's database besides its own schema, and what its scripts may depend on: extensions,
 * settings of the database, and default privileges that are of no schema. A scratch database has none of it by itself. Objects
 * in other schemas are not among it.
 *
 * @param settings the names of the settings that the database has for this role
 * @param privileges statements that make the default privileges
 * @param extensions in the order in which they were created
 */
record Surroundings(Set<String> settings, List<String> privileges, List<Extension> extensions) {
    /** Of a tenant's own database, which has what the server's template has. */
    static final Surroundings NONE = new Surroundings(Set.of(), List.of(), List.of());

    private static final String SETTINGS =
            "SELECT DISTINCT split_part(setting, '=', 1) FROM pg_db_role_setting, unnest(setconfig) AS setting WHERE setdatabase ="
                    + " (SELECT oid FROM pg_database WHERE datname = current_database()) AND setrole IN (0,"
                    + " current_user::regrole)";

    private static final String EXTENSIONS =
            "SELECT extname, nspname, extversion FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace WHERE nspname <>"
                    + " 'pg_catalog' ORDER BY e.oid";

    /** All that the owner and everybody have by themselves is revoked, and what the database says is granted. */
    private static final String PRIVILEGES =
            "WITH rules AS (SELECT d.oid, defaclrole, defaclacl, format('ALTER DEFAULT PRIVILEGES FOR ROLE %I ',"
                    + " pg_get_userbyid(defaclrole)) AS of_role, CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'"
                    + " WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS objects"
                    + " FROM pg_default_acl d WHERE defaclnamespace = 0 AND pg_has_role(defaclrole, 'USAGE'))"
                    + " SELECT sql FROM (SELECT oid, 0 AS step, format('%sREVOKE ALL ON %s FROM PUBLIC, %I', of_role, objects,"
                    + " pg_get_userbyid(defaclrole)) AS sql FROM rules UNION ALL SELECT oid, 1, format('%sGRANT %s ON %s TO %s%s',"
                    + " of_role, privilege_type, objects, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE"
                    + " quote_ident(pg_get_userbyid(grantee)) END, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END) FROM rules,"
                    + " aclexplode(defaclacl)) statements ORDER BY oid, step, sql";

    /** An extension of the database. */
    record Extension(String name, String schema, String version) {}

    /** Reads them in the server's database. */
    static Surroundings of(Server server) throws SQLException {
        try (Connection connection = server.connection()) {
            return new Surroundings(
                    Set.copyOf(Sql.query(connection, SETTINGS, row -> row.getString(1))),
                    Sql.query(connection, PRIVILEGES, row -> row.getString(1)),
                    Sql.query(
                            connection,
                            EXTENSIONS,
                            row -> new Extension(row.getString(1), row.getString(2), row.getString(3))));
        }
    }

    /**
     * Those in which the scripts of a home in this schema may have run, the likeliest first: nobody knows whether an extension
     * was there before them, or was made by one of them.
     */
    List<Surroundings> choices(String schema) {
        List<Extension> elsewhere = extensions.stream()
                .filter(extension -> !extension.schema().equals(schema))
                .toList();
        return Stream.of(elsewhere, extensions, List.<Extension>of())
                .distinct()
                .map(some -> new Surroundings(settings, privileges, some))
                .toList();
    }

    /** Those that no script of a home in this schema has made, as far as one can tell. */
    Surroundings without(String schema) {
        return choices(schema).get(0);
    }

    /** Gives the settings to a database to which nobody is connected yet. */
    void set(Server server, String database) throws SQLException {
        try (Connection connection = server.connection()) {
            for (String setting : settings) {
                // Its value in a session of the server's database, which needs no quotes here.
                tried(
                        connection,
                        "ALTER DATABASE " + Identifiers.quote(database) + " SET " + Identifiers.quote(setting)
                                + " FROM CURRENT");
            }
        }
    }

    /**
     * Makes the others in the database of this connection, which is in no transaction.
     *
     * @return the names of extensions that the role cannot make there
     */
    List<String> make(Connection connection) throws SQLException {
        for (String statement : privileges) {
            tried(connection, statement);
        }
        List<String> missing = new ArrayList<>();
        for (Extension extension : extensions) {
            String schema = Identifiers.quote(extension.schema());
            boolean isMade = tried(connection, "CREATE SCHEMA IF NOT EXISTS " + schema)
                    && tried(
                            connection,
                            "CREATE EXTENSION IF NOT EXISTS " + Identifiers.quote(extension.name()) + " SCHEMA "
                                    + schema + " VERSION " + Identifiers.literal(extension.version()));
            if (!isMade) {
                missing.add(extension.name());
            }
        }
        return missing;
    }

    /** False if the server refuses it. */
    private static boolean tried(Connection connection, String sql) throws SQLException {
        try {
            Sql.execute(connection, sql);
            return true;
        } catch (SQLException refused) {
            if (connection.isClosed()) {
                throw refused;
            }
            return false;
        }
    }
}

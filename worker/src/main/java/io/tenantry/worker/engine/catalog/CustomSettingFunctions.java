package io.tenantry.worker.engine.catalog;

import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Functions in the database, outside the scripts, that set a custom setting ({@code set_config('app.tenant', …)}). A
 * custom setting never becomes unknown again, so a session that ran one of these functions cannot be reset.
 *
 * @param everywhere whether the work on any home may run one of them
 * @param schemas homes that have one of their own, made by hand
 */
public record CustomSettingFunctions(boolean everywhere, Set<String> schemas) {
    /** There are none. */
    public static final CustomSettingFunctions NONE = new CustomSettingFunctions(false, Set.of());
    /** The functions could not be searched: any work on a home may run one. */
    public static final CustomSettingFunctions UNKNOWN = new CustomSettingFunctions(true, Set.of());

    private static final Logger LOG = LoggerFactory.getLogger(CustomSettingFunctions.class);
    /** Functions call functions; each round finds those that call one that is known. */
    private static final int ROUNDS = 4;

    /**
     * A function is in use if a trigger, an event trigger, a view, a default, an operator or the like depends on it. Because
     * of OFFSET 0, the server's own functions, which are thousands, are left out before texts are searched.
     */
    private static final String QUERY = """
            SELECT lower(p.proname) AS name,
                CASE WHEN EXISTS (SELECT FROM pg_description m WHERE m.objoid = p.pronamespace
                    AND m.classoid = 'pg_namespace'::regclass AND starts_with(m.description, %s)) THEN p.nspname END AS home,
                EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid
                    AND d.classid <> 'pg_proc'::regclass) AS used
            FROM (SELECT f.oid, f.proname, f.pronamespace, f.proconfig, f.prosrc, f.prosqlbody, n.nspname
                FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
                WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') OFFSET 0) p
            WHERE EXISTS (SELECT FROM unnest(p.proconfig) setting WHERE setting ~ '^[^=]*[.]')
                OR CASE WHEN p.prosqlbody IS NULL THEN p.prosrc ~* %s
                    ELSE p.prosqlbody::text ~ (SELECT ':(funcid|opfuncid|aggfnoid|winfnoid) (' || string_agg(o.oid::text, '|')
                        || ')\\M' FROM pg_proc o WHERE lower(o.proname) IN (%s)) END
            """;

    public CustomSettingFunctions {
        schemas = Set.copyOf(schemas);
    }

    /** Searches the functions of the database. If scripts set custom settings themselves, no search is needed. */
    public static CustomSettingFunctions of(Connection connection, MigrationCatalog catalog) {
        if (catalog.scriptsRequireNewSession()) {
            return UNKNOWN;
        }
        try {
            return find(connection, catalog);
        } catch (SQLException failure) {
            LOG.warn(
                    "database {}: functions that set custom settings could not be searched for ({}); the session is closed after"
                            + " each request, which is slower",
                    catalog.database(),
                    String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
            return UNKNOWN;
        }
    }

    private static CustomSettingFunctions find(Connection connection, MigrationCatalog catalog) throws SQLException {
        Set<String> names = new TreeSet<>();
        Set<String> reached = new TreeSet<>();
        Set<String> homes = new HashSet<>();
        boolean more = true;
        for (int round = 0; more && round < ROUNDS; round++) {
            int known = names.size();
            Sql.forEach(connection, query(names), row -> {
                String name = row.getString("name");
                String home = row.getString("home");
                names.add(name);
                if (home != null) {
                    homes.add(home);
                } else if (row.getBoolean("used") || isNamed(name, catalog)) {
                    reached.add(name);
                }
            });
            more = names.size() > known;
        }
        if (!reached.isEmpty()) {
            LOG.info(
                    "database {}: functions of the database set custom settings, which cannot be reset ({}): the session is"
                            + " closed after each request",
                    catalog.database(),
                    String.join(", ", reached));
        }
        return new CustomSettingFunctions(!reached.isEmpty(), homes);
    }

    private static String query(Set<String> names) {
        String called = names.isEmpty()
                ? ""
                : names.stream()
                        .map(name -> name.replaceAll("([^\\w])", "\\\\$1"))
                        .collect(Collectors.joining("|", "|\\m(", ")\"?\\s*\\("));
        Set<String> all = new TreeSet<>(names);
        all.add("set_config");
        return QUERY.formatted(
                Identifiers.literal(TenantHome.ANY_MARK),
                Identifiers.literal(ScriptCheck.unresettableInPostgres() + called),
                all.stream().map(Identifiers::literal).collect(Collectors.joining(", ")));
    }

    /** Whether a script names the function anywhere, also in a string, which may be run as dynamic SQL. */
    private static boolean isNamed(String name, MigrationCatalog catalog) {
        Pattern word = Pattern.compile("(?<![\\w$])" + Pattern.quote(name) + "(?![\\w$])", Pattern.CASE_INSENSITIVE);
        return catalog.scripts().texts().stream()
                .anyMatch(text -> word.matcher(text.toLowerCase(Locale.ROOT)).find());
    }

    /** Whether the session must be ended after work on this home. */
    public boolean isIn(TenantHome home) {
        return everywhere || schemas.contains(home.schema());
    }
}

package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.history.History;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs or refuses scripts that reach outside the schema of a tenant or change its mark, at a start. For use by one
 * thread.
 */
final class SchemaBoundaryReport {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaBoundaryReport.class);

    private final String database;
    private final SchemaBoundaryCheck boundary;
    private final Set<String> allow;
    private final Set<String> warned = new HashSet<>();

    /** @param allow scripts that may reach outside */
    SchemaBoundaryReport(String database, SchemaBoundaryCheck boundary, Set<String> allow) {
        this.database = database;
        this.boundary = boundary;
        this.allow = allow;
    }

    /**
     * Warns of what works, once.
     *
     * @throws MigrationsRefusedException if a script would harm tenants
     */
    void refuse() {
        if (!boundary.dropping().isEmpty()) {
            throw new MigrationsRefusedException(String.join(", ", boundary.dropping())
                    + " drops or renames the schema of the tenant, and with it " + History.TABLE
                    + " and the mark that says whose it is, so that it fails in every home: take DROP SCHEMA, CREATE"
                    + " SCHEMA and ALTER SCHEMA … RENAME of the tenant's schema out of it (pg_dump without --clean)");
        }
        List<String> refused = new ArrayList<>();
        boundary.found().forEach((script, objects) -> {
            String what = script + " reaches outside the tenant's schema: " + String.join(", ", objects);
            if (!allow.contains(script)) {
                refused.add(what);
            } else if (warned.add(script)) {
                LOG.warn(
                        "database {}: {}; databases.{}.allow names it, so every new tenant does that again",
                        database,
                        what,
                        database);
            }
        });
        if (!refused.isEmpty()) {
            throw new MigrationsRefusedException(String.join("; ", refused)
                    + "; with isolation schema every new tenant would do that again: name no schema, and make what all"
                    + " share once, by hand or in a database with isolation shared; for a released script that nobody may"
                    + " edit, add its name to databases." + database + ".allow");
        }
        boundary.commenting().stream()
                .filter(script -> warned.add(script + " comments"))
                .forEach(this::warnOfComment);
    }

    private void warnOfComment(String script) {
        LOG.warn(
                "database {}: {} sets the comment of the tenant's schema, which is the mark that says whose it is; the mark"
                        + " is put back after the script, so the comment is lost: put it on a table instead",
                database,
                script);
    }
}

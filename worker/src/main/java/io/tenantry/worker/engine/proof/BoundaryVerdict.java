package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.history.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What follows from the findings about the boundary of a schema: a refusal of the start, or warnings. */
final class BoundaryVerdict {
    private final String database;
    private final BoundaryFindings findings;

    /** @param database its name in the configuration */
    BoundaryVerdict(String database, BoundaryFindings findings) {
        this.database = database;
        this.findings = findings;
    }

    /** Why nobody may start with these scripts, and what to do; empty if nothing speaks against them. */
    Optional<String> refusal() {
        if (!findings.dropping().isEmpty()) {
            return Optional.of(String.join(", ", findings.dropping())
                    + " drops or renames the schema of the tenant, and with it " + History.TABLE
                    + " and the mark that says whose it is, so that it fails in every home: take DROP SCHEMA, CREATE"
                    + " SCHEMA and ALTER SCHEMA … RENAME of the tenant's schema out of it (pg_dump without --clean)");
        }
        List<String> refused = new ArrayList<>();
        findings.foreignObjects().forEach((script, objects) -> {
            if (!findings.isAllowed(script)) {
                refused.add(script + " reaches outside the tenant's schema: " + String.join(", ", objects));
            }
        });
        return refused.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join("; ", refused)
                        + "; with isolation schema every new tenant would do that again: name no schema, and make what all"
                        + " share once, by hand or in a database with isolation shared; for a released script that nobody may"
                        + " edit, add its name to databases." + database + ".allow");
    }

    /** What works, and has effects that nobody may expect. */
    List<VerificationWarning> warnings() {
        List<VerificationWarning> warnings = new ArrayList<>();
        findings.foreignObjects()
                .forEach((script, objects) ->
                        warnings.add(new VerificationWarning.ReachesOutside(script, List.copyOf(objects))));
        findings.commenting().forEach(script -> warnings.add(new VerificationWarning.ReplacesMark(script)));
        return warnings;
    }
}

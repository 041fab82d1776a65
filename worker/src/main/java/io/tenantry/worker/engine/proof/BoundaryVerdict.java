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

    /** Why a start with these scripts is refused, and what to do; empty if it is not. */
    Optional<String> refusal() {
        if (!findings.dropping().isEmpty()) {
            return Optional.of(String.join(", ", findings.dropping())
                    + " drops or renames the schema of the tenant, which holds " + History.TABLE
                    + " and has the mark of its tenant, so that it fails in every home: remove DROP SCHEMA, CREATE SCHEMA"
                    + " and ALTER SCHEMA … RENAME of the tenant's schema from it (pg_dump without --clean)");
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
                        + "; with isolation schema this would be repeated for every new tenant: use no names of schemas, and"
                        + " make shared objects once, by hand or in a database with isolation shared; for a released script"
                        + " that must not be changed, add its name to databases." + database + ".allow");
    }

    /** Findings that refuse no start, and have unexpected effects. */
    List<VerificationWarning> warnings() {
        List<VerificationWarning> warnings = new ArrayList<>();
        findings.foreignObjects().forEach((script, objects) -> {
            if (findings.isAllowed(script)) {
                warnings.add(new VerificationWarning.ReachesOutside(script, List.copyOf(objects)));
            }
        });
        findings.commenting().forEach(script -> warnings.add(new VerificationWarning.ReplacesMark(script)));
        return warnings;
    }
}

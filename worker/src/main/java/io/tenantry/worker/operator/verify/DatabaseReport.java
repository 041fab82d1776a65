package io.tenantry.worker.operator.verify;

import io.tenantry.worker.engine.proof.Finding;
import java.util.List;

/**
 * What was found in the migrations of one named database. Immutable.
 *
 * @param postgres the version of the server; empty if it was not asked
 * @param scripts names of all migrations, in their order
 * @param versions how many homes at a version the scripts were applied to
 * @param findings in the order of the scripts and their lines
 */
public record DatabaseReport(
        String database, String server, String postgres, List<String> scripts, int versions, List<Finding> findings) {
    public DatabaseReport {
        scripts = List.copyOf(scripts);
        findings = List.copyOf(findings);
    }

    /** How many findings are that severe. */
    public int count(Finding.Severity severity) {
        return (int) findings.stream()
                .filter(finding -> finding.severity() == severity)
                .count();
    }
}

package io.tenantry.worker.operator.verify;

import io.tenantry.worker.engine.proof.Finding;
import java.util.List;

/**
 * What was found in the migrations of one named database. Immutable.
 *
 * @param others servers of the same version of PostgreSQL, for which this one stands
 * @param postgres the version of the server; empty if it was not asked
 * @param scripts names of all migrations, in their order
 * @param versions how many homes at a version the scripts were applied to
 * @param findings in the order of the scripts and their lines
 */
public record DatabaseReport(
        String database,
        String server,
        List<String> others,
        String postgres,
        List<String> scripts,
        int versions,
        List<Finding> findings) {
    public DatabaseReport {
        others = List.copyOf(others);
        scripts = List.copyOf(scripts);
        findings = List.copyOf(findings);
    }

    /** The same, for other servers too. */
    DatabaseReport standingFor(List<String> others) {
        return new DatabaseReport(database, server, others, postgres, scripts, versions, findings);
    }

    /** How many findings are that severe. */
    public int count(Finding.Severity severity) {
        return (int) findings.stream()
                .filter(finding -> finding.severity() == severity)
                .count();
    }
}

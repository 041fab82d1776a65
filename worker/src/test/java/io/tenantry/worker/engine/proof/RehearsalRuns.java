package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.proof.Finding.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What tests of rehearsals share. */
final class RehearsalRuns {
    static final Duration LONGEST = Duration.ofMinutes(5);

    private RehearsalRuns() {}

    /** @param released scripts of which nobody knows more than the names; if there are none, all is new */
    static RehearsalTerms terms(Set<String> released, Map<String, String> seeds) {
        return new RehearsalTerms(Set.of(), released.isEmpty() ? null : released, null, seeds, LONGEST);
    }

    /** As {@code --against} has them. */
    static RehearsalTerms terms(MigrationCatalog now, MigrationCatalog released) {
        return new RehearsalTerms(Set.of(), new Released(now, released).scripts(), released, Map.of(), LONGEST);
    }

    static List<Finding> errors(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
    }

    /** All but notes. */
    static List<String> lines(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.severity() != Severity.NOTE)
                .map(finding ->
                        finding.severity() + " " + finding.script() + " " + finding.line() + " " + finding.check())
                .toList();
    }
}

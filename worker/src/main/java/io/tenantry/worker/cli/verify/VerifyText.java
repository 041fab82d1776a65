package io.tenantry.worker.cli.verify;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.Words;
import io.tenantry.worker.engine.proof.Finding;
import io.tenantry.worker.engine.proof.Finding.Severity;
import io.tenantry.worker.operator.verify.DatabaseReport;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes reports for people, or as JSON: a line a finding, and one a database. For one thread. */
final class VerifyText {
    private final Output output;

    /** What {@code --json} writes of a finding. */
    private record FindingJson(
            String database,
            String server,
            Severity severity,
            String check,
            @Nullable String script,
            @Nullable Integer line,
            String message) {}

    /** What {@code --json} writes of a database. */
    private record DatabaseJson(
            String database,
            String server,
            List<String> sameVersion,
            String postgres,
            int migrations,
            int versions,
            int errors,
            int warnings,
            int notes) {}

    VerifyText(Output output) {
        this.output = output;
    }

    void show(DatabaseReport report) {
        if (output.isJson()) {
            json(report);
            return;
        }
        output.line(
                Colour.HEADING,
                report.database() + ": " + Words.count(report.scripts().size(), "migration") + " on server "
                        + report.server()
                        + (report.postgres().isEmpty() ? "" : " (PostgreSQL " + report.postgres() + ")")
                        + (report.others().isEmpty()
                                ? ""
                                : ", which stands for " + String.join(", ", report.others()) + " of the same version")
                        + ", "
                        + Words.count(report.versions(), "home") + " tried");
        for (Finding finding : report.findings()) {
            output.line(colour(finding.severity()), line(finding));
        }
        int errors = report.count(Severity.ERROR);
        int warnings = report.count(Severity.WARNING);
        output.line(
                errors > 0 ? Colour.BAD : warnings > 0 ? Colour.WAITING : Colour.GOOD,
                Words.count(errors, "error") + ", " + Words.count(warnings, "warning"));
    }

    private void json(DatabaseReport report) {
        report.findings()
                .forEach(finding -> output.json(new FindingJson(
                        report.database(),
                        report.server(),
                        finding.severity(),
                        finding.check(),
                        finding.script(),
                        finding.line(),
                        finding.sentence())));
        output.json(new DatabaseJson(
                report.database(),
                report.server(),
                report.others(),
                report.postgres(),
                report.scripts().size(),
                report.versions(),
                report.count(Severity.ERROR),
                report.count(Severity.WARNING),
                report.count(Severity.NOTE)));
    }

    private static String line(Finding finding) {
        String place = finding.script() == null
                ? ""
                : finding.script() + (finding.line() == null ? "" : " line " + finding.line()) + ": ";
        return String.format(
                Locale.ROOT,
                "  %-7s  %s%s: %s",
                Words.of(finding.severity()),
                place,
                finding.check(),
                finding.sentence());
    }

    private static Colour colour(Severity severity) {
        return switch (severity) {
            case ERROR -> Colour.BAD;
            case WARNING -> Colour.WAITING;
            case NOTE -> Colour.GOOD;
        };
    }
}

package io.tenantry.worker.cli.fleet;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.Words;
import io.tenantry.worker.limits.LimitFinding;
import io.tenantry.worker.limits.LimitFinding.Level;
import java.util.List;

/** The limits of the servers as text: a line for each, and below it what to do. */
final class LimitText {
    private LimitText() {}

    static void write(Output output, List<LimitFinding> findings) {
        output.line("");
        output.line(Colour.HEADING, "LIMITS");
        for (LimitFinding finding : findings) {
            String line = String.format(
                    "%-7s  %s: %s%s%s",
                    Words.of(finding.level()),
                    finding.server(),
                    finding.check(),
                    finding.database() == null ? "" : " of database " + finding.database(),
                    ": " + finding.measured() + (finding.limit() == null ? "" : "; limit: " + finding.limit()));
            if (finding.level() == Level.OK) {
                output.line(line);
            } else {
                output.line(Colour.WAITING, line);
            }
            if (finding.whatToDo() != null) {
                output.line("         " + finding.whatToDo());
            }
        }
    }
}

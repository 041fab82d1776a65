package io.tenantry.worker.cli.adopt;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.Words;
import io.tenantry.worker.operator.CommandInterruptedException;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.adopt.Adoption;
import io.tenantry.worker.operator.adopt.AdoptionFinding;
import io.tenantry.worker.operator.adopt.AdoptionFinding.State;
import io.tenantry.worker.operator.adopt.AdoptionTerms;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Shows an adoption: homes as data, progress on standard error. */
final class ShownAdoption implements Adoption.Listener {
    private static final long PROGRESS_NANOS = 5_000_000_000L;
    /** So many of the different homes make one cause out of many differences. */
    private static final int MOST_PERCENT = 90;
    /** Of homes that the registry did not know. */
    private static final Set<State> NEW = EnumSet.of(State.ADOPTABLE, State.ADOPTED);
    /** Of one home, for people. */
    private static final int DIFFERENCES = 20;

    private final Output output;
    private final AdoptionTerms terms;
    private final String command;
    private final Map<State, Integer> counts = new EnumMap<>(State.class);
    private int inOwnersOnly;
    private int marked;
    private int homes;
    private int stoppedAfter = -1;
    private int done;
    private long shownAt = System.nanoTime();

    ShownAdoption(Output output, AdoptionTerms terms, String command) {
        this.output = output;
        this.terms = terms;
        this.command = command;
    }

    @Override
    public void waits(String reason) {
        output.note(reason);
    }

    @Override
    public void sharedTable(String table) {
        output.note(table + " is outside of the homes, and none of them has such a table: if all tenants share it, it"
                + " says nothing of one of them");
    }

    @Override
    public void begins(int found) {
        homes = found;
    }

    @Override
    public void found(AdoptionFinding finding) {
        done++;
        counts.merge(finding.state(), 1, Integer::sum);
        inOwnersOnly += finding.differsInOwnersOnly() ? 1 : 0;
        marked += (finding.wasMarked() && NEW.contains(finding.state())) ? 1 : 0;
        if (output.isJson()) {
            output.json(Line.of(finding));
        } else if (finding.state() != State.KNOWN) {
            show(finding);
        }
        if (System.nanoTime() - shownAt > PROGRESS_NANOS) {
            shownAt = System.nanoTime();
            output.note(done + " of " + homes + " homes");
        }
    }

    @Override
    public void stops(int looked, int all) {
        stoppedAfter = looked;
    }

    /**
     * A home as JSON.
     *
     * @param state in lower case, with hyphens
     */
    private record Line(
            String tenant,
            String database,
            String server,
            String location,
            String state,
            @Nullable String version,
            @Nullable String source,
            @Nullable String detail,
            @Nullable List<String> differences,
            @Nullable Boolean wasMarked) {
        static Line of(AdoptionFinding finding) {
            return new Line(
                    finding.tenant(),
                    finding.database(),
                    finding.server(),
                    finding.location(),
                    Words.of(finding.state()),
                    finding.version(),
                    finding.source(),
                    finding.detail(),
                    finding.differences().isEmpty() ? null : finding.differenceLines(),
                    (finding.wasMarked() && NEW.contains(finding.state())) ? true : null);
        }
    }

    private void show(AdoptionFinding finding) {
        String line =
                Words.of(finding.state()) + ": " + finding.server() + "/" + finding.location() + ": " + text(finding);
        if (finding.state().isGood()) {
            output.line(line);
        } else {
            output.line(Colour.BAD, line);
        }
        finding.differenceLines().stream().limit(DIFFERENCES).forEach(difference -> output.line("  " + difference));
        if (finding.differences().size() > DIFFERENCES) {
            output.line("  and " + (finding.differences().size() - DIFFERENCES) + " more");
        }
    }

    private static String text(AdoptionFinding finding) {
        String source = finding.source() == null ? "" : " (" + finding.source() + ")";
        return switch (finding.state()) {
            case ADOPTABLE, ADOPTED, KNOWN -> "tenant " + finding.tenant() + ", version " + finding.version() + source;
            case DIFFERENT ->
                Words.count(finding.differences().size(), "difference") + " from version " + finding.version() + source
                        + ", nothing was touched";
            case UNKNOWN_VERSION, REFUSED, UNREADABLE -> String.valueOf(finding.detail());
        };
    }

    /** Says what was done and what is left to do; the exit status. */
    int end(Interruption interruption) throws CommandInterruptedException {
        String all = counts.entrySet().stream()
                .map(count -> count.getValue() + " " + Words.of(count.getKey()))
                .collect(Collectors.joining(", "));
        output.note(Words.count(done, "home")
                + (all.isEmpty() ? "" : ": " + all)
                + (terms.writes() ? "" : "; nothing was written"));
        if (stoppedAfter >= 0) {
            throw interruption.failure("interrupted after " + stoppedAfter + " of " + homes
                    + " homes; the others were not looked at. Go on: " + command + (terms.writes() ? " --yes" : ""));
        }
        if (homes == 0) {
            output.note("no schema or database is called " + terms.pattern() + ": check --pattern and --server");
        }
        if (inOwnersOnly > 0 && inOwnersOnly * 100 >= counts.getOrDefault(State.DIFFERENT, 0) * MOST_PERCENT) {
            output.note(inOwnersOnly
                    + " of the different homes differ in owners and privileges alone: what the migrations make"
                    + " belongs to the worker's role. Let it be the role that owns the tables, or give the tables to it once,"
                    + " by ALTER ... OWNER TO; or leave owners out of all comparisons, by databases." + terms.database()
                    + ".drift-exclude: \"owner of *, privileges on *\"");
        }
        if (marked > 0) {
            output.note(
                    Words.count(marked, "home")
                            + " had the mark already, and the registry did not know them: an earlier"
                            + " run was ended, the registry was lost, or another registry has them. If a worker with another registry"
                            + " migrates them, adopt none of them here: each of the two would upgrade the tenants of the other");
        }
        if (!terms.writes() && counts.containsKey(State.ADOPTABLE)) {
            output.note("adopt them with: " + command + " --yes");
        }
        return homes > 0 && counts.keySet().stream().allMatch(State::isGood) ? ExitStatus.DONE : ExitStatus.FAILED;
    }
}

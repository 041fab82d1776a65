package io.tenantry.worker.cli.drift;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.NextCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.Words;
import io.tenantry.worker.drift.DriftDifference;
import io.tenantry.worker.drift.Wording;
import io.tenantry.worker.drift.check.Verdict;
import io.tenantry.worker.operator.CommandInterruptedException;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.drift.DriftRun;
import io.tenantry.worker.operator.drift.HomeFinding;
import io.tenantry.worker.registry.overview.HomePlace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Shows drifted homes, and those that could not be compared; the others are counted. */
final class ShownDrift implements DriftRun.Listener {
    private static final int MOST_HOMES = 100;
    private static final int MOST_DIFFERENCES = 20;
    /** A line of JSON holds more, since a program reads it. */
    private static final int MOST_IN_JSON = 500;

    private static final long PROGRESS_NANOS = 5_000_000_000L;

    private final Output output;
    private final NextCommand next;
    private final List<HomeFinding> notCompared = new ArrayList<>();
    private int checked;
    private int clean;
    private int drifted;
    private int busy;
    private @Nullable HomePlace first;
    private boolean stopped;
    private long shownAt = System.nanoTime();

    ShownDrift(Output output, NextCommand next) {
        this.output = output;
        this.next = next;
    }

    @Override
    public void waits(String reason) {
        output.note(reason);
    }

    @Override
    public void stops() {
        stopped = true;
    }

    @Override
    public void found(HomeFinding finding) {
        checked++;
        Verdict verdict = finding.verdict();
        if (verdict instanceof Verdict.Clean) {
            clean++;
        } else if (verdict instanceof Verdict.Busy) {
            busy++;
        } else if (verdict instanceof Verdict.Drifted differences) {
            drifted++;
            first = first == null ? finding.home() : first;
            show(finding.home(), differences);
        } else {
            notCompared.add(finding);
        }
        if (System.nanoTime() - shownAt > PROGRESS_NANOS) {
            shownAt = System.nanoTime();
            output.note(Words.count(checked, "home") + " compared so far, " + drifted + " drifted");
        }
    }

    /**
     * A drifted home as JSON.
     *
     * @param more how many differences are left out
     */
    private record DriftedLine(
            @Nullable String tenant,
            String database,
            String server,
            String location,
            @Nullable String version,
            List<DriftDifference> differences,
            int more) {}

    /** A home that could not be compared as JSON. */
    private record UnreadableLine(@Nullable String tenant, String database, String unreadable) {}

    /** The counts as JSON. */
    private record Counts(int checked, int clean, int drifted, int unreadable, int busy) {}

    private void show(HomePlace home, Verdict.Drifted verdict) {
        List<DriftDifference> differences = verdict.differences();
        if (output.isJson()) {
            int shown = Math.min(differences.size(), MOST_IN_JSON);
            output.json(new DriftedLine(
                    home.tenant(),
                    home.database(),
                    home.server(),
                    home.location(),
                    verdict.version(),
                    differences.subList(0, shown),
                    differences.size() - shown));
        } else if (drifted <= MOST_HOMES) {
            output.line(
                    Colour.BAD,
                    owner(home) + ": " + home.server() + "/" + home.location() + ", version "
                            + Objects.requireNonNullElse(verdict.version(), "none") + ", "
                            + Words.count(differences.size(), "difference") + " from what its migrations make");
            differences.stream().limit(MOST_DIFFERENCES).forEach(one -> output.line("  " + Wording.of(one)));
            if (differences.size() > MOST_DIFFERENCES) {
                output.line("  and " + (differences.size() - MOST_DIFFERENCES) + " more; all: "
                        + next.of("drift" + only(home) + " --json"));
            }
        }
    }

    private static String owner(HomePlace home) {
        return home.tenant() == null
                ? "shared database " + home.database()
                : home.tenant() + ", database " + home.database();
    }

    private static String only(HomePlace home) {
        return (home.tenant() == null ? "" : " --tenant " + home.tenant()) + " --database " + home.database();
    }

    private static String reason(HomeFinding finding) {
        return finding.verdict() instanceof Verdict.Unreadable unreadable
                ? unreadable.reason()
                : ((Verdict.NoReference) finding.verdict()).reason();
    }

    /** Whether no home was looked at. */
    boolean isEmpty() {
        return checked == 0;
    }

    /** Shows what could not be compared, the counts, and what to do next; the exit status. */
    int end(Interruption interruption) throws CommandInterruptedException {
        if (output.isJson()) {
            notCompared.forEach(finding -> output.json(
                    new UnreadableLine(finding.home().tenant(), finding.home().database(), reason(finding))));
            output.json(new Counts(checked, clean, drifted, notCompared.size(), busy));
        } else {
            showNotCompared();
            output.line(Words.count(checked, "home") + " compared: " + clean + " as their migrations make them, "
                    + drifted + " drifted, " + notCompared.size() + " not comparable, " + busy + " being migrated");
        }
        if (stopped) {
            throw interruption.failure("interrupted after " + Words.count(checked, "home")
                    + "; the others were not looked at: give the command again for all");
        }
        if (first != null && !output.isJson()) {
            output.note("all of one home: " + next.of("drift" + only(first) + " --json"));
        }
        return drifted + notCompared.size() > 0 ? ExitStatus.FAILED : ExitStatus.DONE;
    }

    private void showNotCompared() {
        if (drifted > MOST_HOMES) {
            output.line("and " + (drifted - MOST_HOMES) + " more drifted homes; all: " + next.of("drift --json"));
        }
        Map<String, List<HomeFinding>> byReason = new LinkedHashMap<>();
        notCompared.forEach(finding -> byReason.computeIfAbsent(reason(finding), reason -> new ArrayList<>())
                .add(finding));
        byReason.entrySet().stream()
                .limit(MOST_HOMES)
                .forEach(one -> output.line(Colour.BAD, owners(one.getValue()) + ": not comparable: " + one.getKey()));
        if (byReason.size() > MOST_HOMES) {
            output.line("and homes that are not comparable for " + (byReason.size() - MOST_HOMES)
                    + " more reasons; all: " + next.of("drift --json"));
        }
    }

    /** The first of several homes, and how many there are: what keeps a server away keeps all its homes away. */
    private static String owners(List<HomeFinding> findings) {
        return owner(findings.get(0).home())
                + (findings.size() == 1 ? "" : ", and " + Words.count(findings.size() - 1, "more home"));
    }
}

package io.tenantry.worker.cli.drift;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.NextCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.Words;
import io.tenantry.worker.config.Glob;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Shows drifted homes, and those that could not be compared; the others are counted. */
final class ShownDrift implements DriftRun.Listener {
    private static final int MOST_REASONS = 100;
    private static final int MOST_DIFFERENCES = 20;
    private static final int MOST_MIGRATING = 5;
    private static final long PROGRESS_NANOS = 5_000_000_000L;

    private final Output output;
    private final NextCommand next;
    private final DriftedGroups groups = new DriftedGroups();
    private final List<HomeFinding> notCompared = new ArrayList<>();
    private long homes;
    private int checked;
    private int clean;
    private int drifted;
    private final List<HomePlace> migrating = new ArrayList<>();
    private @Nullable HomePlace first;
    private boolean begun;
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
    public void begins(long all) {
        begun = true;
        homes = all;
    }

    @Override
    public void unmatched(List<Glob> excluded) {
        excluded.forEach(
                glob -> output.note(
                        "--exclude '" + glob
                                + "' matches no object, so it has left out nothing: write the kind and the name as the differences have them"));
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
            migrating.add(finding.home());
        } else if (verdict instanceof Verdict.Drifted differences) {
            drifted++;
            first = first == null ? finding.home() : first;
            if (output.isJson()) {
                output.json(DriftJson.of(finding, differences));
            } else {
                groups.add(finding, differences);
            }
        } else {
            notCompared.add(finding);
        }
        if (System.nanoTime() - shownAt > PROGRESS_NANOS) {
            shownAt = System.nanoTime();
            output.note(Words.count(checked, "home") + " compared so far, " + drifted + " drifted");
        }
    }

    private void show(DriftedGroups.Group group) {
        HomePlace home = group.first();
        List<DriftDifference> differences = group.drifted().differences();
        boolean isOne = group.homes() == 1;
        output.line(
                Colour.BAD,
                owners(home, group.homes()) + ": " + home.server() + "/" + home.location()
                        + (isOne ? "" : " and others") + ", version "
                        + Objects.requireNonNullElse(group.drifted().version(), "none") + ", "
                        + Words.count(differences.size(), "difference")
                        + (isOne ? " from what its migrations make" : " from what their migrations make"));
        differences.stream().limit(MOST_DIFFERENCES).forEach(one -> output.line("  " + Wording.of(one)));
        if (differences.size() > MOST_DIFFERENCES) {
            output.line("  and " + (differences.size() - MOST_DIFFERENCES) + " more; all: "
                    + next.of("drift" + only(home) + " --json"));
        }
        group.hints().forEach(hint -> output.line("  hint: " + hint));
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

    /** Shows what drifted, what could not be compared, and the counts; nothing if there was no time to begin. */
    void showSoFar() {
        if (!begun) {
            return;
        }
        if (output.isJson()) {
            notCompared.forEach(finding -> output.json(new DriftJson.Unreadable(
                    finding.home().tenant(), finding.home().database(), reason(finding))));
            migrating.forEach(home -> output.json(new DriftJson.Migrating(home.tenant(), home.database(), true)));
            output.json(new DriftJson.Counts(checked, clean, drifted, notCompared.size(), migrating.size(), homes));
        } else {
            showDrifted();
            showNotCompared();
            showMigrating();
            output.line((checked < homes ? checked + " of " + Words.count(homes, "home") : Words.count(checked, "home"))
                    + " compared: " + clean + " as their migrations make them, "
                    + drifted + " drifted, " + notCompared.size() + " not comparable, " + migrating.size()
                    + " being migrated");
        }
    }

    private void showDrifted() {
        groups.shown().forEach(this::show);
        if (groups.others() > 0) {
            output.line(
                    "and " + Words.count(groups.others(), "more drifted home") + "; all: " + next.of("drift --json"));
        }
    }

    /** Shows all that was seen, and what to do next; the exit status. */
    int end(Interruption interruption) throws CommandInterruptedException {
        showSoFar();
        if (stopped) {
            throw interruption.failure("interrupted after " + Words.count(checked, "home")
                    + "; the others were not looked at: give the command again for all");
        }
        if (first != null && !output.isJson()) {
            output.note("all of one home: " + next.of("drift" + only(first) + " --json") + "; all drifted homes: "
                    + next.of("tenants --drifted"));
        }
        return drifted + notCompared.size() > 0 ? ExitStatus.FAILED : ExitStatus.DONE;
    }

    private void showNotCompared() {
        Map<String, List<HomeFinding>> byReason = new LinkedHashMap<>();
        notCompared.forEach(finding -> byReason.computeIfAbsent(reason(finding), reason -> new ArrayList<>())
                .add(finding));
        byReason.entrySet().stream()
                .limit(MOST_REASONS)
                .forEach(one -> output.line(
                        Colour.BAD,
                        owners(one.getValue().get(0).home(), one.getValue().size()) + ": not comparable: "
                                + one.getKey()));
        if (byReason.size() > MOST_REASONS) {
            output.line("and homes that are not comparable for " + (byReason.size() - MOST_REASONS)
                    + " more reasons; all: " + next.of("drift --json"));
        }
    }

    private void showMigrating() {
        if (!migrating.isEmpty()) {
            int more = migrating.size() - MOST_MIGRATING;
            output.line("being migrated, so not compared: "
                    + migrating.stream()
                            .limit(MOST_MIGRATING)
                            .map(ShownDrift::owner)
                            .collect(Collectors.joining("; "))
                    + (more > 0 ? "; and " + Words.count(more, "more home") : ""));
        }
    }

    /** The first of several homes, and how many there are: what keeps a server away keeps all its homes away. */
    private static String owners(HomePlace first, int homes) {
        return owner(first) + (homes == 1 ? "" : ", and " + Words.count(homes - 1, "more home"));
    }
}

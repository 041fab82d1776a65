package io.tenantry.worker.cli.registry;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.Words;
import io.tenantry.worker.operator.CommandInterruptedException;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.rebuild.Finding;
import io.tenantry.worker.operator.rebuild.Finding.Kind;
import io.tenantry.worker.operator.rebuild.Rebuild;
import io.tenantry.worker.operator.rebuild.Rebuild.Writes;
import io.tenantry.worker.postgres.home.TenantHome;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Shows a rebuild: differences as data, progress on standard error. */
final class ShownRebuild implements Rebuild.Listener {
    private static final Set<Kind> FOR_PEOPLE = Set.of(Kind.COPIED, Kind.FOREIGN, Kind.AMBIGUOUS, Kind.UNREADABLE);
    private static final long PROGRESS_NANOS = 5_000_000_000L;

    private final Output output;
    private final Writes writes;
    private final String command;
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private int homes;
    private int written;
    private int stoppedAfter = -1;
    private int known;
    private long shownAt = System.nanoTime();

    ShownRebuild(Output output, Writes writes, String command) {
        this.command = command;
        this.output = output;
        this.writes = writes;
    }

    @Override
    public void waits(String reason) {
        output.note(reason);
    }

    @Override
    public void leftAlone(String database, List<TenantHome> others) {
        TenantHome first = others.get(0);
        output.note(Words.count(others.size(), "home") + " marked for database " + database
                + " left alone, because databases." + database
                + " does not place them there, so they may be another deployment's; the first: " + first.kind() + " "
                + first.location() + " at server " + first.server());
    }

    @Override
    public void withoutFingerprints(String reason) {
        output.note(
                reason + "; rows are written without a fingerprint, so the next rollout sends those homes a request");
    }

    @Override
    public void found(Finding finding, int done, int all) {
        homes++;
        counts.merge(finding.kind(), 1, Integer::sum);
        written += finding.written() ? 1 : 0;
        if (finding.kind() != Kind.SAME) {
            show(finding);
        }
        if (System.nanoTime() - shownAt > PROGRESS_NANOS) {
            shownAt = System.nanoTime();
            output.note(done + " of " + all + " homes");
        }
    }

    @Override
    public void stops(int done, int all) {
        stoppedAfter = done;
        known = all;
    }

    private void show(Finding finding) {
        if (output.isJson()) {
            output.json(Line.of(finding));
        } else if (FOR_PEOPLE.contains(finding.kind())) {
            output.line(Colour.BAD, text(finding));
        } else {
            output.line(text(finding));
        }
    }

    /**
     * A difference as JSON.
     *
     * @param difference the kind, in lower case
     */
    private record Line(
            @Nullable String tenant,
            String database,
            String difference,
            @Nullable String registeredVersion,
            String server,
            String location,
            @Nullable String version,
            @Nullable String detail,
            boolean written) {
        static Line of(Finding finding) {
            return new Line(
                    finding.tenant(),
                    finding.database(),
                    finding.kind().label(),
                    finding.registeredVersion(),
                    finding.server(),
                    finding.location(),
                    finding.version(),
                    finding.detail(),
                    finding.written());
        }
    }

    private static String text(Finding finding) {
        String owner = finding.tenant() == null
                ? "shared database " + finding.database()
                : finding.tenant() + ", database " + finding.database();
        String what = switch (finding.kind()) {
            case SAME, COPIED -> "version " + shown(finding.version());
            case MISSING -> "version " + shown(finding.version()) + ", not in the registry";
            case VERSION, LOCATION ->
                "version " + shown(finding.version()) + ", in the registry " + shown(finding.registeredVersion());
            case SCRIPTS -> "version " + shown(finding.version()) + ", with other scripts than registered";
            case GONE -> "does not exist, in the registry with version " + shown(finding.registeredVersion());
            case FOREIGN, AMBIGUOUS, UNREADABLE -> "not touched";
        };
        return finding.kind().label() + ": " + owner + ": " + finding.server() + "/" + finding.location() + ": " + what
                + (finding.detail() == null ? "" : "; " + finding.detail())
                + (finding.written() ? finding.kind() == Kind.GONE ? " - deleted" : " - written" : "");
    }

    private static String shown(@Nullable String version) {
        return Objects.requireNonNullElse(version, "none");
    }

    /** Says what was done and what is left to do; the exit status. */
    int end(Interruption interruption) throws CommandInterruptedException {
        List<String> differences = new ArrayList<>();
        counts.forEach((kind, number) -> {
            if (kind != Kind.SAME) {
                differences.add(number + " " + kind.label());
            }
        });
        output.note(Words.count(homes, "home") + " compared: "
                + (differences.isEmpty() ? "no difference" : String.join(", ", differences))
                + (writes == Writes.NOTHING ? "; nothing was written" : "; " + written + " corrected"));
        if (stoppedAfter >= 0) {
            throw interruption.failure("interrupted after " + stoppedAfter + " of " + known
                    + " homes; the others were not looked at. Look at all of them: " + again());
        }
        if (writes != Writes.NOTHING && count(Kind.MISSING) > 0) {
            output.note("attributes of tenants that were missing are lost: onboard them again with --attribute");
        }
        if (writes == Writes.NOTHING
                && count(Kind.MISSING) + count(Kind.VERSION) + count(Kind.LOCATION) + count(Kind.SCRIPTS) > 0) {
            output.note("write them with: " + command + " --yes");
        }
        if (writes != Writes.HOMES_AND_DELETIONS && count(Kind.GONE) > 0) {
            output.note("delete rows of homes that are gone with: " + command + " --yes --prune");
        }
        return FOR_PEOPLE.stream().allMatch(kind -> count(kind) == 0) ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private String again() {
        return command
                + switch (writes) {
                    case NOTHING -> "";
                    case HOMES -> " --yes";
                    case HOMES_AND_DELETIONS -> " --yes --prune";
                };
    }

    private int count(Kind kind) {
        return counts.getOrDefault(kind, 0);
    }
}

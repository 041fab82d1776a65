package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.catalog.SqlStatements;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The comments of a script that acknowledge hazards: {@code -- tenantry:allow <hazard> <why>}, anywhere in the script
 * outside of quotes; with {@code <hazard>(<table>)} those of one table alone.
 * Immutable.
 */
public final class Allowances {
    private static final Pattern COMMENT = Pattern.compile(
            "(?:--|/\\*|^[ \\t]*\\*?)[ \\t]*tenantry[ \\t]*:[ \\t]*allow\\b[ \\t]*(\\S*)[ \\t]*((?:(?!\\*/)[^\\r\\n])*)",
            Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    private final List<Allowance> allowances;
    private final List<Problem> faults;

    private static final Pattern NAME = Pattern.compile("([^(]*)(?:\\((.+)\\))?");

    /**
     * A comment that can be used, and its line.
     *
     * @param table the table that it is about; null for all
     */
    private record Allowance(HazardKind kind, @Nullable String table, int line) {
        boolean acknowledges(Hazard hazard) {
            return kind == hazard.kind() && (table == null || table.equals(hazard.table()));
        }

        String name() {
            return kind.id() + (table == null ? "" : "(" + table + ")");
        }
    }

    /** A comment that has no effect, its line, and what to do. */
    public record Problem(int line, String sentence) {}

    private Allowances(List<Allowance> allowances, List<Problem> faults) {
        this.allowances = List.copyOf(allowances);
        this.faults = List.copyOf(faults);
    }

    /** Reads the text of a script. */
    public static Allowances in(String text) {
        List<Allowance> allowances = new ArrayList<>();
        List<Problem> faults = new ArrayList<>();
        for (SqlStatements.Comment found : SqlStatements.comments(text)) {
            read(found, text, allowances, faults);
        }
        return new Allowances(allowances, faults);
    }

    private static void read(
            SqlStatements.Comment found, String text, List<Allowance> allowances, List<Problem> faults) {
        Matcher comment = COMMENT.matcher(found.text());
        while (comment.find()) {
            int line = 1
                    + (int) text.substring(0, found.start() + comment.start())
                            .chars()
                            .filter(next -> next == '\n')
                            .count();
            Matcher name = NAME.matcher(comment.group(1));
            Optional<HazardKind> kind = name.matches() ? HazardKind.of(name.group(1)) : Optional.empty();
            if (kind.isEmpty()) {
                faults.add(new Problem(
                        line,
                        "tenantry:allow names no hazard (" + comment.group(1)
                                + "): write -- tenantry:allow <hazard> <why>" + " with the name that a warning has"));
            } else if (comment.group(2).isBlank()) {
                faults.add(new Problem(
                        line,
                        "tenantry:allow " + comment.group(1) + " gives no reason: write why it does no harm here behind"
                                + " the name"));
            } else {
                allowances.add(new Allowance(kind.get(), name.group(2), line));
            }
        }
    }

    /** Comments that name no hazard or give no reason. */
    public List<Problem> faults() {
        return faults;
    }

    /** The hazards that no comment acknowledges. */
    public List<Hazard> without(List<Hazard> hazards) {
        return hazards.stream()
                .filter(hazard -> allowances.stream().noneMatch(allowance -> allowance.acknowledges(hazard)))
                .toList();
    }

    /**
     * Comments that acknowledge none of these hazards.
     *
     * @param sought the kinds that were looked for; of others nobody knows whether the script has one
     */
    public List<Problem> unused(List<Hazard> hazards, Set<HazardKind> sought) {
        return allowances.stream()
                .filter(allowance -> sought.contains(allowance.kind))
                .filter(allowance -> hazards.stream().noneMatch(allowance::acknowledges))
                .sorted(Comparator.comparing(Allowance::line))
                .map(allowance -> new Problem(
                        allowance.line,
                        "tenantry:allow " + allowance.name() + " acknowledges nothing: the script has no such hazard;"
                                + " remove the comment"))
                .toList();
    }
}

package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.snapshot.DataDifferences;
import io.tenantry.worker.engine.snapshot.Difference;
import io.tenantry.worker.engine.snapshot.TableColumn;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What homes are that have reached the newest version on different paths: all should be the same. For use by one thread. */
final class PathEnds {
    private static final int MOST_SHOWN = 5;
    private static final Pattern POSITION = Pattern.compile("\\s*\\(position \\d+\\)$");

    private final MigrationCatalog catalog;
    private final RehearsalTerms terms;
    private final RehearsalFindings findings;
    private final Further further;
    private final List<PathEnd> ends = new ArrayList<>();

    /** Makes one more home on a path, to see which values differ in each home. */
    interface Further {
        /** The end; empty if it was not reached. */
        Optional<SchemaState> along(List<Migration> path) throws SQLException;
    }

    PathEnds(MigrationCatalog catalog, RehearsalTerms terms, RehearsalFindings findings, Further further) {
        this.further = further;
        this.catalog = catalog;
        this.terms = terms;
        this.findings = findings;
    }

    void add(PathEnd end) {
        ends.add(end);
    }

    /** Whether the newest version was reached on each path. */
    boolean areReached() {
        return ends.stream().allMatch(PathEnd.Reached.class::isInstance);
    }

    /**
     * What a new home is, and what one is that has the release before and gets what is new.
     *
     * @param someAreGone whether released repeatable scripts are gone, which leaves a difference, and is said already
     */
    void compareReleased(PathEnd.Reached newHome, PathEnd released, boolean someAreGone) {
        List<Difference> differences =
                newHome.state().isEmpty() || released.state().isEmpty()
                        ? List.of()
                        : newHome
                                .state()
                                .get()
                                .catalog()
                                .differences(released.state().get().catalog())
                                .stream()
                                .filter(difference -> !isOfOrder(difference))
                                .toList();
        if (!differences.isEmpty()) {
            String sentence = "a home that has had the released scripts is not what a new home is: "
                    + shown(differences, "new home", "released home")
                    + "; a repeatable script runs again only if its text changes, so edit the one that makes what lacks; drop in a"
                    + " new script what is left of an earlier text";
            findings.add(
                    someAreGone
                            ? Finding.warning("release-differs", null, null, sentence)
                            : Finding.error("release-differs", null, null, sentence));
        }
    }

    /** Whether a column is only at another place of its table, as one that came late is. */
    private static boolean isOfOrder(Difference difference) {
        return difference instanceof Difference.Definition one
                && one.here() != null
                && one.there() != null
                && withoutPosition(one.here()).equals(withoutPosition(one.there()));
    }

    private static String withoutPosition(String definition) {
        return POSITION.matcher(definition).replaceFirst("");
    }

    /** What a new home has by the baseline, and homes that were there before have by the scripts below it. */
    void compareBaseline(List<List<Migration>> paths) throws SQLException {
        if (ends.size() > 1) {
            Optional<SchemaState> newHome = ends.get(0).state();
            Optional<SchemaState> grown = ends.get(1).state();
            if (newHome.isPresent() && grown.isPresent()) {
                compareDefinitions(newHome.get(), grown.get());
                if (terms.seeds().isEmpty()) {
                    compareRows(newHome.get(), grown.get(), paths);
                }
            }
        }
    }

    private String baseline() {
        return catalog.baselines().stream().sorted().collect(Collectors.joining(", "));
    }

    private void compareDefinitions(SchemaState newHome, SchemaState grown) {
        List<Difference> definitions = newHome.catalog().differences(grown.catalog());
        if (!definitions.isEmpty()) {
            findings.add(Finding.error(
                    "baseline-differs",
                    baseline(),
                    null,
                    "a new home is not what older homes are at the newest version: "
                            + shown(definitions, "new home", "older home")
                            + "; make the baseline of what the scripts below it leave"));
        }
    }

    private void compareRows(SchemaState newHome, SchemaState grown, List<List<Migration>> paths) throws SQLException {
        List<Difference> rows = newHome.data().differences(grown.data()).all();
        if (rows.stream().anyMatch(Difference.Values.class::isInstance)) {
            Set<TableColumn> ofEachHome = new HashSet<>();
            further.along(paths.get(0)).ifPresent(again -> ofEachHome.addAll(again.columnsThatDiffer(newHome)));
            further.along(paths.get(1)).ifPresent(again -> ofEachHome.addAll(again.columnsThatDiffer(grown)));
            rows = without(ofEachHome, rows);
        }
        if (!rows.isEmpty()) {
            findings.add(Finding.warning(
                    "baseline-differs",
                    baseline(),
                    null,
                    "the rows of a new home differ from those of older homes at the newest version: "
                            + shown(rows, "new home", "older home")));
        }
    }

    private static List<Difference> without(Set<TableColumn> columns, List<Difference> rows) {
        List<Difference> left = new ArrayList<>();
        for (Difference row : rows) {
            if (row instanceof Difference.Values values) {
                SortedSet<String> others = new TreeSet<>(values.columns());
                columns.stream()
                        .filter(column -> values.object().equals(DataDifferences.label(column.table())))
                        .forEach(column -> others.remove(column.column()));
                if (!others.isEmpty() || values.columns().isEmpty()) {
                    left.add(new Difference.Values(values.object(), others));
                }
            } else {
                left.add(row);
            }
        }
        return left;
    }

    static String shown(List<Difference> differences, String here, String there) {
        int hidden = differences.size() - MOST_SHOWN;
        return differences.stream()
                        .limit(MOST_SHOWN)
                        .map(difference -> difference.text(here, there))
                        .collect(Collectors.joining("; "))
                + (hidden > 0 ? " and " + hidden + " more" : "");
    }
}

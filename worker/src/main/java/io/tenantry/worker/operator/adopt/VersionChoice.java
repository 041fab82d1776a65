package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says with which version a home without a history of Flyway is compared. */
final class VersionChoice {
    private static final String OTHERWISE = ", or --baseline-version";

    private final List<String> versions;
    private final Map<String, String> map;
    private final @Nullable String otherwise;

    /** What was chosen. */
    sealed interface Chosen {
        /**
         * One of the migrations'.
         *
         * @param source what says so
         */
        record Version(String version, String source) implements Chosen {}

        /**
         * Nothing says which.
         *
         * @param source what is there in its place; null if there is nothing
         * @param reason what lacks, and what to do
         */
        record None(@Nullable String source, String reason) implements Chosen {}
    }

    /** @throws UnknownVersionException if the migrations do not have a version that the user gave */
    VersionChoice(MigrationCatalog catalog, AdoptionTerms terms) throws UnknownVersionException {
        this.versions = List.copyOf(catalog.versionFingerprints().byVersion().keySet());
        this.map = terms.map();
        this.otherwise = terms.baselineVersion();
        List<String> given = new ArrayList<>(map.values());
        if (otherwise != null) {
            given.add(otherwise);
        }
        Optional<String> unknown =
                given.stream().filter(version -> !versions.contains(version)).findFirst();
        if (unknown.isPresent()) {
            throw new UnknownVersionException("the migrations of database " + catalog.database() + " have no version "
                    + unknown.get() + ", which --map or --baseline-version names; they have "
                    + String.join(", ", versions)
                    + "; nothing was written");
        }
    }

    /**
     * For a home.
     *
     * @param revisions of other tools
     * @param unknown what has the name of a version table, and is none
     */
    Chosen of(Map<VersionTable, List<String>> revisions, List<String> unknown) {
        for (Map.Entry<VersionTable, List<String>> table : revisions.entrySet()) {
            Optional<Chosen> mapped = mapped(table.getKey(), table.getValue());
            if (mapped.isPresent()) {
                return mapped.get();
            }
        }
        Optional<Map.Entry<VersionTable, List<String>>> first =
                revisions.entrySet().stream().findFirst();
        @Nullable String shown =
                first.map(table -> table.getKey().shown(table.getValue())).orElse(null);
        if (otherwise != null) {
            return new Chosen.Version(
                    otherwise,
                    (shown != null ? shown + ", " : unknown.isEmpty() ? "" : strange(unknown) + ", ")
                            + "by --baseline-version");
        }
        return new Chosen.None(
                shown,
                first.map(table -> unmapped(table.getKey(), table.getValue()))
                        .orElse("nothing says at which version it is"
                                + (unknown.isEmpty() ? "" : " (" + strange(unknown) + ")")
                                + ": give --baseline-version, or leave it out if it is no tenant's"));
    }

    private static String strange(List<String> unknown) {
        return "no known version table: " + String.join("; ", unknown);
    }

    /** Names what lacks a map. */
    private String unmapped(VersionTable table, List<String> revisions) {
        if (revisions.isEmpty()) {
            return table.table() + " has no row, so nothing says at which version it is: give --baseline-version";
        }
        if (!table.isCurrentOnly()) {
            return "nothing says which version " + table.toBeMapped(revisions) + " is: give --map REVISION=VERSION"
                    + OTHERWISE;
        }
        List<String> missing = revisions.stream()
                .filter(revision -> !map.containsKey(revision))
                .toList();
        String give = missing.stream()
                .map(revision -> "--map " + revision + "=VERSION")
                .collect(Collectors.joining(" and "));
        return revisions.size() == 1
                ? "nothing says which version " + table.shown(revisions) + " is: give " + give + OTHERWISE
                : table.table() + " has several heads, " + String.join(" and ", revisions)
                        + ", and --map does not have "
                        + String.join(" and ", missing) + ": give " + give + OTHERWISE
                        + "; it is compared with the highest of the versions of its heads";
    }

    /** The highest version that one of the revisions stands for, and that revision; the last one of several. */
    private Optional<Chosen> mapped(VersionTable table, List<String> revisions) {
        List<String> found = revisions.stream().filter(map::containsKey).toList();
        // Of a tool that keeps the current ones alone, one that is not mapped may be anything.
        if (table.isCurrentOnly() && found.size() < revisions.size()) {
            return Optional.empty();
        }
        return found.stream()
                .reduce((one, later) -> place(later) >= place(one) ? later : one)
                .map(revision -> new Chosen.Version(
                        versions.get(place(revision)),
                        (table.isCurrentOnly() ? table.shown(revisions) : table.table() + " " + revision)
                                + ", by --map"));
    }

    private int place(String revision) {
        return versions.indexOf(String.valueOf(map.get(revision)));
    }
}

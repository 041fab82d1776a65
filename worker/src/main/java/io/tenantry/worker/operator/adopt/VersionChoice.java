package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.operator.OperationFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says with which version a home without a history of Flyway is compared. */
final class VersionChoice {
    private final List<String> versions;
    private final Map<String, String> map;
    private final @Nullable String otherwise;

    /**
     * What was chosen.
     *
     * @param version one of the migrations'; null if nothing says which
     * @param source what says so, or what is there in its place; null if there is nothing
     */
    record Chosen(@Nullable String version, @Nullable String source) {}

    /** @throws OperationFailedException if the migrations do not have a version that the user gave */
    VersionChoice(MigrationCatalog catalog, AdoptionTerms terms) throws OperationFailedException {
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
            throw new OperationFailedException("the migrations of database " + catalog.database() + " have no version "
                    + unknown.get() + ", which --map or --baseline-version names; they have "
                    + String.join(", ", versions)
                    + "; nothing was written");
        }
    }

    /** For a home with these revisions of other tools. */
    Chosen of(Map<VersionTable, List<String>> revisions) {
        @Nullable String shown = null;
        for (Map.Entry<VersionTable, List<String>> table : revisions.entrySet()) {
            List<String> all = table.getValue();
            shown = shown == null ? table.getKey().shown(all) : shown;
            Optional<String> mapped = mapped(table.getKey(), all);
            if (mapped.isPresent()) {
                return new Chosen(mapped.get(), table.getKey().shown(all) + ", by --map");
            }
        }
        if (otherwise != null) {
            return new Chosen(otherwise, (shown == null ? "" : shown + ", ") + "by --baseline-version");
        }
        return new Chosen(null, shown);
    }

    /** The highest version that one of the revisions stands for. */
    private Optional<String> mapped(VersionTable table, List<String> revisions) {
        List<String> found = revisions.stream()
                .filter(map::containsKey)
                .map(revision -> String.valueOf(map.get(revision)))
                .toList();
        // Of a tool that keeps the current ones alone, one that is not mapped may be anything.
        if (table.isCurrentOnly() && found.size() < revisions.size()) {
            return Optional.empty();
        }
        return versions.stream().filter(found::contains).reduce((lower, higher) -> higher);
    }
}

package io.tenantry.worker.drift;

import io.tenantry.worker.config.Glob;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import io.tenantry.worker.engine.snapshot.NameDependent;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes a {@link ComparableSnapshot} of the entries of a snapshot. For one use. */
final class SnapshotFilter {
    private static final String EXTENSION = "extension ";
    private static final String CONSTRAINT = "constraint ";
    private static final String MATERIALIZED_VIEW = "materialized view ";
    private static final String NOT_NULL = "NOT NULL";
    /** Its trigger says more. */
    private static final String OF_TRIGGER = "TRIGGER";

    private static final Pattern POSITION = Pattern.compile("\\s*\\(position (\\d+)\\)$");
    /** The index that a foreign key uses is PostgreSQL's choice. */
    private static final Pattern REFERENCED_INDEX =
            Pattern.compile("^(FOREIGN KEY .*?), index (?:\"(?:[^\"]|\"\")*\"|[^,\"])+", Pattern.DOTALL);

    /** Whether a materialized view has rows; the migrations may leave it without, and the application fill it. */
    private static final Pattern WITHOUT_ROWS = Pattern.compile(", WITH NO DATA(?=, AS )");

    private static final Pattern INHERITED = Pattern.compile(", inherited \\d+( and local)?$");

    private static final Pattern NOT_NULL_COLUMN =
            Pattern.compile(NOT_NULL + " (\"(?:[^\"]|\"\")*\"|[^ ,\"]+)(.*)", Pattern.DOTALL);

    private final SortedMap<String, Entry> all;
    private final Set<String> nameDependent;
    private final Isolation isolation;
    private final LeftOut leftOut;
    private final SortedMap<String, Entry> kept = new TreeMap<>();
    private final Map<String, SortedMap<Integer, String>> positions = new HashMap<>();

    /** @param schema the name of a further schema, of which all entries are, as SQL has it; empty for the home's own */
    SnapshotFilter(SortedMap<String, Entry> all, Isolation isolation, String schema, List<Glob> excluded) {
        this.nameDependent = all.entrySet().stream()
                .filter(entry -> NameDependent.isMarked(entry.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        this.all = new TreeMap<>(all);
        this.all.replaceAll((label, entry) -> NameDependent.unmark(entry));
        this.isolation = isolation;
        this.leftOut = new LeftOut(this.all, schema, excluded);
    }

    ComparableSnapshot filtered() {
        all.forEach((label, entry) -> {
            // Owner and comment of an extension are the server's.
            boolean isOfExtension = entry.partOf().startsWith(EXTENSION);
            if (!isOfExtension && !leftOut.has(label)) {
                add(label, entry);
            }
        });
        return new ComparableSnapshot(
                kept,
                positions.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                table -> List.copyOf(table.getValue().values()))),
                nameDependent,
                leftOut.matched(),
                Collections.emptySortedMap());
    }

    private void add(String label, Entry entry) {
        if (label.startsWith("column ")) {
            addColumn(label, entry);
        } else if (label.startsWith(EXTENSION)) {
            addExtension(label, entry);
        } else if (label.startsWith(CONSTRAINT)) {
            addConstraint(label, entry);
        } else if (label.startsWith(MATERIALIZED_VIEW)) {
            String definition = WITHOUT_ROWS.matcher(entry.definition()).replaceFirst("");
            kept.put(label, new Entry(entry.partOf(), definition));
        } else if (Aspect.of(label).filter(Aspect.PRIVILEGES::equals).isPresent()) {
            String owner = ComparableSnapshot.owner(all, entry.partOf());
            kept.put(label, new Entry(entry.partOf(), Privileges.readable(entry.definition(), owner)));
        } else {
            kept.put(label, entry);
        }
    }

    private void addColumn(String label, Entry entry) {
        Matcher position = POSITION.matcher(entry.definition());
        if (position.find() && !leftOut.isOrderExcluded(entry.partOf())) {
            positions
                    .computeIfAbsent(entry.partOf(), table -> new TreeMap<>())
                    .put(Integer.valueOf(position.group(1)), label);
        }
        kept.put(label, new Entry(entry.partOf(), position.replaceFirst("")));
    }

    /**
     * A database has an extension once, so it lies in the schema of whoever came first, be it a tenant, a shared home or a DBA.
     * Versions are those of the server's files.
     */
    private void addExtension(String label, Entry entry) {
        if (Aspect.of(label).isPresent()) {
            kept.put(label, entry);
        } else if (isolation == Isolation.DATABASE) {
            kept.put(label, new Entry(entry.partOf(), ""));
        }
    }

    private void addConstraint(String label, Entry entry) {
        if (entry.definition().startsWith(NOT_NULL)) {
            addNotNull(entry);
        } else if (!entry.definition().startsWith(OF_TRIGGER)) {
            String definition = REFERENCED_INDEX.matcher(entry.definition()).replaceFirst("$1");
            kept.put(label, new Entry(entry.partOf(), definition));
        }
    }

    /** Each NOT NULL is a constraint with a name, since PostgreSQL 17 or 18; its column or domain says the same. */
    private void addNotNull(Entry entry) {
        String definition = INHERITED.matcher(entry.definition()).replaceFirst("");
        Matcher notNull = NOT_NULL_COLUMN.matcher(definition);
        if (notNull.matches() && !notNull.group(2).isEmpty()) {
            String column = ObjectName.name(entry.partOf()) + "." + notNull.group(1);
            String label = "not-null constraint " + column;
            Entry constraint = new Entry(entry.partOf(), definition);
            if (!leftOut.isExcluded(label, constraint)) {
                kept.put(label, constraint);
            }
        }
    }
}

package io.tenantry.worker.drift;

import io.tenantry.worker.config.Glob;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The objects of a snapshot that no comparison looks at: what belongs to extensions, tables in which tools keep versions,
 * and what the configuration excludes. Their parts and properties are left out too, and sequences that they own.
 */
final class LeftOut {
    /** Flyway's, Alembic's, Django's, that of Rails, golang-migrate, Ecto and dbmate, Rails' other one, and Liquibase's. */
    private static final Set<String> VERSION_TABLES = Set.of(
            "flyway_schema_history",
            "alembic_version",
            "django_migrations",
            "schema_migrations",
            "ar_internal_metadata",
            "databasechangelog",
            "databasechangeloglock");

    /** Extensions that an object is a member of; a snapshot also lists those that it depends on. */
    private static final Pattern MEMBER = Pattern.compile("(^|, )e ");

    /** A sequence of a column. */
    static final Pattern OWNED = Pattern.compile("(?:OWNED BY|IDENTITY OF) ((?:\"(?:[^\"]|\"\")*\"|[^.\"])+)\\.[^.]+$");

    private final SortedMap<String, Entry> entries;
    private final String schema;
    private final List<Glob> excluded;
    private final Set<Glob> matched = new HashSet<>();
    private final Set<String> roots = new HashSet<>();

    /** @param schema the name of a further schema, of which all entries are, as SQL has it; empty for the home's own */
    LeftOut(SortedMap<String, Entry> entries, String schema, List<Glob> excluded) {
        this.entries = entries;
        this.schema = schema;
        this.excluded = excluded;
        VERSION_TABLES.forEach(table -> roots.add("table " + table));
        entries.forEach((label, entry) -> {
            if (label.startsWith(Aspect.EXTENSION.label(""))
                    && MEMBER.matcher(entry.definition()).find()) {
                roots.add(entry.partOf());
            }
            if (!excluded.isEmpty()) {
                if (isExcluded(label, entry)) {
                    roots.add(label);
                }
            }
        });
        entries.forEach((label, entry) -> {
            if (isOfLeftOutTable(label, entry)) {
                roots.add(label);
            }
        });
    }

    /** Whether the configuration excludes an object, or a property of one, by its label or by the name that the output has. */
    boolean isExcluded(String label, Entry entry) {
        return isExcluded(names(label, entry));
    }

    private boolean isExcluded(List<String> names) {
        List<Glob> matching = excluded.stream()
                .filter(glob -> names.stream().anyMatch(glob::matches))
                .toList();
        matched.addAll(matching);
        return !matching.isEmpty();
    }

    /** The patterns that have excluded something. */
    Set<Glob> matched() {
        return matched;
    }

    /** Whether the configuration excludes the order of the columns of a table. */
    boolean isOrderExcluded(String table) {
        return isExcluded(List.of("column order of " + ObjectName.label(table, schema)));
    }

    /** The label, and how a difference calls the object: with its table and without. */
    private List<String> names(String label, Entry entry) {
        Optional<Aspect> aspect = Aspect.of(label);
        if (aspect.isPresent()) {
            Entry object = entries.get(entry.partOf());
            List<String> objects = object == null ? List.of() : names(entry.partOf(), object);
            String own = aspect.get().label(ObjectName.label(entry.partOf(), schema));
            return Stream.concat(Stream.of(own), objects.stream().map(aspect.get()::label))
                    .toList();
        }
        ObjectName object = ObjectName.of(label, entry.partOf());
        String kind = ReadableDefinition.kind(object.kind(), entry.definition());
        ObjectName named = object.in(schema);
        String name = kind + " " + ReadableDefinition.name(named);
        return List.of(ObjectName.label(label, schema), name, name + " on " + named.table());
    }

    private boolean isOfLeftOutTable(String label, Entry entry) {
        if (!label.startsWith("sequence ")) {
            return false;
        }
        Matcher owner = OWNED.matcher(entry.definition());
        return owner.find() && roots.contains("table " + owner.group(1));
    }

    boolean has(String label) {
        String current = label;
        while (!current.isEmpty()) {
            if (roots.contains(current)) {
                return true;
            }
            Entry entry = entries.get(current);
            current = entry == null ? "" : entry.partOf();
        }
        return false;
    }
}

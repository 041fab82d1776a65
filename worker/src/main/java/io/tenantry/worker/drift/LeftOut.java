package io.tenantry.worker.drift;

import io.tenantry.worker.config.Glob;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The objects of a snapshot that no comparison looks at: what belongs to extensions, tables in which tools keep versions,
 * and what the configuration excludes. Their parts and properties are left out too, and sequences that they own.
 */
final class LeftOut {
    /** Flyway's, Alembic's, Django's, Rails' and Liquibase's. */
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

    private static final Pattern OWNED =
            Pattern.compile("(?:OWNED BY|IDENTITY OF) ((?:\"(?:[^\"]|\"\")*\"|[^.\"])+)\\.[^.]+$");

    private final SortedMap<String, Entry> entries;
    private final Set<String> roots = new HashSet<>();

    LeftOut(SortedMap<String, Entry> entries, List<Glob> excluded) {
        this.entries = entries;
        VERSION_TABLES.forEach(table -> roots.add("table " + table));
        entries.forEach((label, entry) -> {
            if (label.startsWith(Aspect.EXTENSION.label(""))
                    && MEMBER.matcher(entry.definition()).find()) {
                roots.add(entry.partOf());
            }
            if (!excluded.isEmpty()) {
                List<String> names = names(label, entry);
                if (excluded.stream().anyMatch(glob -> names.stream().anyMatch(glob::matches))) {
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

    /** The label, and how a difference calls the object: with its table and without. */
    private static List<String> names(String label, Entry entry) {
        if (Aspect.of(label).isPresent()) {
            return List.of(label);
        }
        ObjectName object = ObjectName.of(label, entry.partOf());
        String kind = label.startsWith("constraint ")
                ? ReadableDefinition.kindOfConstraint(entry.definition())
                : object.kind();
        String name = kind + " " + ReadableDefinition.name(object);
        return List.of(label, name, name + " on " + object.table());
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

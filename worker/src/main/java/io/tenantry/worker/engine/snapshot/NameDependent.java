package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;

/** Marks entries of a reference that scripts compute from the tenant's name: each home has other ones. */
public final class NameDependent {
    /** No definition begins with this. */
    private static final String MARK = "${tenantry:depends-on-name}";

    private NameDependent() {}

    /** The entry with the mark. */
    public static Entry mark(Entry entry) {
        return new Entry(entry.partOf(), MARK + entry.definition());
    }

    public static boolean isMarked(Entry entry) {
        return entry.definition().startsWith(MARK);
    }

    /** The entry without the mark, if it has one. */
    public static Entry unmark(Entry entry) {
        return isMarked(entry) ? new Entry(entry.partOf(), entry.definition().substring(MARK.length())) : entry;
    }
}

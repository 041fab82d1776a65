package io.tenantry.worker.drift;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry of two snapshots that is not the same in both. One of the two is there.
 *
 * @param expected null if the reference does not have it
 * @param actual null if the home does not have it
 */
record EntryDifference(
        String label, @Nullable Entry expected, @Nullable Entry actual) {
    Change change() {
        return expected == null ? Change.EXTRA : actual == null ? Change.MISSING : Change.CHANGED;
    }

    boolean isOneSided() {
        return change() != Change.CHANGED;
    }

    /** The home's entry, or the reference's if the home has none. */
    Entry one() {
        return Objects.requireNonNull(actual == null ? expected : actual);
    }

    @Nullable String expectedText() {
        return expected == null ? null : expected.definition();
    }

    @Nullable String actualText() {
        return actual == null ? null : actual.definition();
    }
}

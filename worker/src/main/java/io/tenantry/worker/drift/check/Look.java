package io.tenantry.worker.drift.check;

import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;

/** What was read of a home, at one moment. */
sealed interface Look {
    /** The home as it is while nobody works on it. */
    record Seen(History history, CatalogSnapshot snapshot) implements Look {
        /** Whether no migration was applied between the two. */
        boolean isOfSameHistory(Seen other) {
            return history.digest().equals(other.history().digest());
        }
    }

    /** Nothing that could be judged. */
    record Failed(Verdict verdict) implements Look {}
}

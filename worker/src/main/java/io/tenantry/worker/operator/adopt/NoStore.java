package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.engine.reference.Reference;
import io.tenantry.worker.engine.reference.ReferenceStore;
import java.util.Optional;

/** Keeps no reference longer than the command runs: it needs each of a few versions, which are in memory, and only once. */
final class NoStore implements ReferenceStore {
    @Override
    public Optional<Reference> find(Place place) {
        return Optional.empty();
    }

    @Override
    public void keep(Place place, Reference reference) {
        // In memory it is.
    }
}

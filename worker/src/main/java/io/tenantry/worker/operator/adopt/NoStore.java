package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.engine.reference.Reference;
import io.tenantry.worker.engine.reference.ReferenceStore;
import java.util.Optional;

/**
 * Keeps no reference longer than the command runs. A history that is written for good rests on what the migrations make now,
 * on this server; the few versions that a fleet is at are made once each.
 */
final class NoStore implements ReferenceStore {
    @Override
    public Optional<Reference> find(Place place) {
        return Optional.empty();
    }

    @Override
    public void keep(Place place, Reference reference) {
        // Each run makes its own.
    }
}

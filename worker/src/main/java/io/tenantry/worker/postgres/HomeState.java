package io.tenantry.worker.postgres;

import org.jspecify.annotations.Nullable;

/** What stands at a home's location. */
public sealed interface HomeState {
    /** Nothing. */
    record Missing() implements HomeState {}

    /** A schema with this tenant's mark. */
    record Marked() implements HomeState {}

    /**
     * A schema of somebody else, or made by hand.
     *
     * @param comment the schema's comment; null if it has none
     */
    record Foreign(@Nullable String comment) implements HomeState {}
}

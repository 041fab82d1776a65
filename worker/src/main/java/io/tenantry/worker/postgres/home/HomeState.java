package io.tenantry.worker.postgres.home;

import org.jspecify.annotations.Nullable;

/** What exists at a home's location. */
public sealed interface HomeState {
    /** Nothing. */
    record Missing() implements HomeState {}

    /** This home, as the mark says. */
    record Marked() implements HomeState {}

    /**
     * A schema or database of somebody else, or made by hand.
     *
     * @param comment null if it has none
     */
    record Foreign(@Nullable String comment) implements HomeState {}
}

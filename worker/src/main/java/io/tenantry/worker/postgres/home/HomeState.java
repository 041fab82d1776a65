package io.tenantry.worker.postgres.home;

import org.jspecify.annotations.Nullable;

/** What exists at a home's location. */
public sealed interface HomeState {
    /** Nothing. */
    record Missing() implements HomeState {}

    /** This home: it has the mark. */
    record Marked() implements HomeState {}

    /**
     * A schema or database with another mark, or without one.
     *
     * @param comment null if it has none
     */
    record Foreign(@Nullable String comment) implements HomeState {}
}

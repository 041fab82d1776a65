package io.tenantry.contracts;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One difference between a home and what its migrations make.
 *
 * @param kind of the object, as {@code index} or {@code column}; or of the property, as {@code owner}
 * @param object its name, cut if it is long
 * @param table the table that it belongs to; null if it belongs to none
 */
public record DriftedObject(
        DriftChange change,
        String kind,
        String object,
        @Nullable String table) {
    public DriftedObject {
        Objects.requireNonNull(change, "differences[].change is missing");
        Objects.requireNonNull(kind, "differences[].kind is missing");
        Objects.requireNonNull(object, "differences[].object is missing");
    }
}

package io.tenantry.worker.request;

import io.tenantry.contracts.DriftChange;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One difference between a home and what its migrations make. It has no definitions: those may hold secrets, and read
 * otherwise after a migration of the same object.
 *
 * @param kind of the object, such as {@code index}, or of the property, such as {@code owner}
 * @param object its name; with its table if it is a column
 * @param table the table or view that it belongs to; null if it belongs to none
 * @param subject how people call the object, such as {@code index users_email_idx on users}
 */
public record HomeDifference(
        DriftChange change,
        String kind,
        String object,
        @Nullable String table,
        String subject) {
    /** Such as {@code missing index users_email_idx on users}. */
    @Override
    public String toString() {
        return change.name().toLowerCase(Locale.ROOT) + " " + subject;
    }
}

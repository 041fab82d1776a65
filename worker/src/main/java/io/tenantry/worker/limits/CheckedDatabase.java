package io.tenantry.worker.limits;

import io.tenantry.worker.config.DatabaseSettings;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A named database with homes on the server that is looked at.
 *
 * @param mayMake whether its migrations may make a table of this name; null if they could not be read
 */
public record CheckedDatabase(
        DatabaseSettings settings, @Nullable Predicate<String> mayMake) {}

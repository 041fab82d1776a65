package io.tenantry.worker.limits;

import io.tenantry.worker.config.DatabaseSettings;
import java.util.function.Predicate;

/**
 * A named database with homes on the server that is looked at.
 *
 * @param mayMake whether its migrations may make a table of this name
 */
public record CheckedDatabase(DatabaseSettings settings, Predicate<String> mayMake) {}

package io.tenantry.worker.engine.proof;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table.
 *
 * @param base the base type of a domain; else the type itself
 * @param category of the base type, as in pg_type
 * @param length of the longest text; null if there is no limit
 * @param needed whether the column must not be null
 * @param given whether the column has a default that can be used
 * @param reference query for the values that a foreign key allows, in the order of an index; null if there is no key
 * @param shared whether the query reads a table outside the home
 * @param checks conditions on the column alone, with its name in them; empty if there are none
 */
record SampleColumn(
        String name,
        String type,
        String base,
        String category,
        @Nullable Integer length,
        boolean needed,
        boolean given,
        @Nullable String reference,
        boolean shared,
        List<String> checks) {
    SampleColumn {
        checks = List.copyOf(checks);
    }

    /** The same column with another query, which reads no table. */
    SampleColumn withReference(String query) {
        return new SampleColumn(name, type, base, category, length, needed, given, query, false, checks);
    }
}

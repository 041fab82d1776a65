package io.tenantry.worker.operator.adopt;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which homes are adopted, and as what.
 *
 * @param database a configured one that is not shared
 * @param server the only server to look at; null for all that the database has
 * @param baselineVersion of homes of which no other version is known; null: they are not adopted
 * @param map from revisions of the other tool to versions
 * @param writes false to look only
 */
public record AdoptionTerms(
        String database,
        HomePattern pattern,
        @Nullable String server,
        @Nullable String baselineVersion,
        Map<String, String> map,
        boolean writes) {
    public AdoptionTerms {
        map = Map.copyOf(map);
    }
}

package io.tenantry.worker.operator.verify;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the command was told. Immutable.
 *
 * @param against a folder, or a revision of git, with the migrations that are released; null if that is not known
 * @param seeds files with SQL that inserts rows of a tenant, by the version that a home must have reached
 */
public record VerifyTerms(@Nullable String against, Map<String, Path> seeds) {
    public VerifyTerms {
        seeds = Map.copyOf(seeds);
    }
}

package io.tenantry.worker.config;

import java.util.List;

/**
 * How the homes of one named database are compared with their references.
 *
 * @param exclude what is left out on both sides, as {@code table audit_*}; excluding an object excludes its parts
 */
public record DriftRules(VerifyAfter verifyAfter, List<Glob> exclude) {
    public DriftRules {
        exclude = List.copyOf(exclude);
    }
}

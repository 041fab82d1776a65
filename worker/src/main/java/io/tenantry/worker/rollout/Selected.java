package io.tenantry.worker.rollout;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.RolloutSelection;
import io.tenantry.worker.config.Glob;
import io.tenantry.worker.registry.rollout.Candidate;
import java.util.List;

/**
 * The tenants and shared databases that a rollout is for.
 *
 * @param candidates in the order of the registry
 */
record Selected(List<Candidate> candidates) {
    Selected {
        candidates = List.copyOf(candidates);
    }

    /**
     * Applies names and globs; attributes were applied by the registry.
     *
     * @throws RefusedException if a name or glob matches no tenant: it may be misspelt
     */
    static Selected of(RolloutRequested start, List<Candidate> all) throws RefusedException {
        RolloutSelection select = start.select();
        List<Glob> wanted = select.tenants().stream().map(Glob::new).toList();
        List<Glob> excluded = select.exclude().stream().map(Glob::new).toList();
        mustMatch("select.tenants", wanted, all);
        mustMatch("select.exclude", excluded, all);
        List<Candidate> selected = all.stream()
                .filter(candidate -> isWanted(candidate, wanted, select))
                .filter(candidate -> excluded.stream().noneMatch(glob -> glob.matches(candidate.key())))
                .toList();
        if (selected.isEmpty() && !select.equals(RolloutSelection.ALL)) {
            throw new RefusedException(
                    ErrorCode.UNKNOWN_TENANT,
                    "select matches no registered tenant; nothing was sent: correct the names or attributes, or leave"
                            + " select out for all tenants");
        }
        return new Selected(selected);
    }

    /** A shared database has no attributes: where attributes are asked for, it must be named. */
    private static boolean isWanted(Candidate candidate, List<Glob> wanted, RolloutSelection select) {
        if (wanted.isEmpty()) {
            return !candidate.shared() || select.attributes().isEmpty();
        }
        return wanted.stream().anyMatch(glob -> glob.matches(candidate.key()));
    }

    /** @throws RefusedException if one of the globs matches none of the candidates */
    static void mustMatch(String where, List<Glob> globs, List<Candidate> candidates) throws RefusedException {
        for (Glob glob : globs) {
            if (candidates.stream().noneMatch(candidate -> glob.matches(candidate.key()))) {
                throw new RefusedException(
                        ErrorCode.UNKNOWN_TENANT,
                        where + " has \"" + glob
                                + "\", which matches no tenant of the rollout; nothing was sent: correct"
                                + " it, or onboard the tenant first");
            }
        }
    }
}

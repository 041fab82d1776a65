package io.tenantry.worker.step;

import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.postgres.home.HomeSession;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Does the work of all steps of a home in as few messages as possible, if plans apply to it. It takes the home's lock
 * for each transaction, and does not keep it. If no plan applies, the steps are run.
 */
public interface FastPath {
    /**
     * Tries the fast path. Scripts that were applied before an exception stay; {@link VersionTracker#progress} has
     * them.
     *
     * @throws SQLException if the home cannot be worked on now
     */
    PlanOutcome attempt(HomeSession session) throws SQLException;

    /**
     * Brings a home that exists to the target.
     *
     * @param registered the version that the registry has for the home; null if unknown. If it is right, a query is
     *     saved; if not, it does no harm.
     * @param tracker the same for the fast path and for the steps of one request and home
     */
    static FastPath upgrade(Migrator migrator, Target target, @Nullable String registered, VersionTracker tracker) {
        return session -> migrator.upgradeByPlan(session, target, registered, tracker);
    }

    /**
     * Creates a home, and brings it to the newest version. If the home exists already, it is upgraded.
     *
     * @param tracker the same for the fast path and for the steps of one request and home
     */
    static FastPath creation(Migrator migrator, VersionTracker tracker) {
        return session -> migrator.createByPlan(session, tracker);
    }
}

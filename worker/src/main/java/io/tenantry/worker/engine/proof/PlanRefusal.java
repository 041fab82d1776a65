package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.snapshot.Difference;
import java.util.List;

/** Why a script has no plan, so that Flyway applies it. Immutable. */
public sealed interface PlanRefusal {
    /**
     * The script, its trial or the database speaks against a plan.
     *
     * @param reason a sentence whose subject is the script
     */
    record Unsuitable(String reason) implements PlanRefusal {}

    /**
     * The result of the plan differs from the result of Flyway.
     *
     * @param withRows whether they differ only where tables have rows, so that the plan is used in new homes
     * @param differences the first ones; "here" is the plan, "there" is Flyway
     * @param more how many differences are not listed
     */
    record Different(boolean withRows, List<Difference> differences, int more) implements PlanRefusal {
        private static final int MOST = 20;

        public Different {
            differences = List.copyOf(differences);
        }

        static Different of(boolean withRows, List<Difference> all) {
            int listed = Math.min(all.size(), MOST);
            return new Different(withRows, all.subList(0, listed), all.size() - listed);
        }
    }

    /**
     * The trial ended at an earlier script, without which this one cannot be tried.
     *
     * @param script the earlier script
     */
    record Follows(String script) implements PlanRefusal {}
}

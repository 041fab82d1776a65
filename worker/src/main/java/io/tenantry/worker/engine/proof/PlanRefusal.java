package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.snapshot.Difference;
import io.tenantry.worker.engine.snapshot.Excerpts;
import java.util.ArrayList;
import java.util.List;

/**
 * Why a script has no plan, so that Flyway applies it. Immutable. A new reason needs no new type here: it is the text of an
 * {@link Unsuitable}, and comes from the class that finds it.
 *
 * @see io.tenantry.worker.engine.catalog.ScriptCheck#reason what the text of a script shows
 * @see PlanCandidates what the scripts show together, before any runs
 * @see BoundaryFindings#whyWithoutPlan what a trial run has touched outside the schema
 * @see PlannedRun what a trial of the plan itself shows, such as a changed session ({@link SessionState})
 * @see IrreversibleStatements what no rollback undoes, and is therefore not tried
 * @see ExcludedScripts scripts that ended the session of a trial by sending too much
 */
public sealed interface PlanRefusal {
    /** One line of bounded length, for people; its subject is the script or its plan. */
    String sentence();

    /**
     * The script, its trial or the database speaks against a plan.
     *
     * @param reason may have several lines, such as the message of a failure
     */
    record Unsuitable(String reason) implements PlanRefusal {
        private static final int LONGEST = 500;

        @Override
        public String sentence() {
            return Excerpts.cut(reason, LONGEST);
        }
    }

    /**
     * The result of the plan differs from the result of Flyway.
     *
     * @param withRows whether they differ only where tables have rows, so that the plan is used in new homes
     * @param differences the first ones; "here" is the plan, "there" is Flyway
     * @param more how many differences are not listed
     */
    record Different(boolean withRows, List<Difference> differences, int more) implements PlanRefusal {
        private static final int MOST_LISTED = 20;
        private static final int MOST_SHOWN = 3;

        public Different {
            differences = List.copyOf(differences);
        }

        static Different of(boolean withRows, List<Difference> all) {
            int listed = Math.min(all.size(), MOST_LISTED);
            return new Different(withRows, all.subList(0, listed), all.size() - listed);
        }

        @Override
        public String sentence() {
            int shown = Math.min(differences.size(), MOST_SHOWN);
            int hidden = differences.size() - shown + more;
            List<String> texts = new ArrayList<>();
            differences.subList(0, shown).forEach(difference -> texts.add(difference.text("plan", "Flyway")));
            return "the result of its plan differs from Flyway's"
                    + (withRows ? " where there are rows: " : ": ")
                    + String.join("; ", texts)
                    + (hidden > 0 ? " and " + hidden + " more" : "");
        }
    }

    /**
     * The trial ended at an earlier script, without which this one cannot be tried.
     *
     * @param script the earlier script
     */
    record Follows(String script) implements PlanRefusal {
        @Override
        public String sentence() {
            return "it cannot be tried without " + script + " before it";
        }
    }
}

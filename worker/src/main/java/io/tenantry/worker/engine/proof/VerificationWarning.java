package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import java.util.List;

/** What the owner of the scripts or of the database should know after a verification. Immutable. */
public sealed interface VerificationWarning {
    /**
     * One line for people: what, the consequence, what to do.
     *
     * @param database its name in the configuration
     */
    String sentence(String database);

    /** Plans could not be tried: then a worker applies all scripts by Flyway. */
    record NotTried(Exception failure) implements VerificationWarning {
        @Override
        public String sentence(String database) {
            return "plans could not be tried out ("
                    + String.valueOf(failure.getMessage()).lines().findFirst().orElse("")
                    + "); all migrations go through Flyway, which is slower";
        }
    }

    /** Flyway could not read the scripts before they run. */
    record NotRead(Exception failure) implements VerificationWarning {
        @Override
        public String sentence(String database) {
            return "its scripts could not be read before they run";
        }
    }

    /**
     * A script sent too much in a trial, so that the trial had to start again and to end before that script.
     *
     * @param reason names the script
     */
    record SentTooMuch(String reason) implements VerificationWarning {
        @Override
        public String sentence(String database) {
            return reason + "; the trial began again, and ended before it";
        }
    }

    /** The functions of the database could not be searched for those that read the current message. */
    record ObserversUnknown(String reason) implements VerificationWarning {
        @Override
        public String sentence(String database) {
            return "functions that read the messages of scripts could not be searched for (" + reason
                    + "); all migrations go through Flyway, which is slower";
        }
    }

    /** A script fails on an empty schema, as it will for each new tenant. */
    record ScriptFails(ResultError error) implements VerificationWarning {
        @Override
        public String sentence(String database) {
            return error.message() + (error.line() == null ? "" : " (line " + error.line() + ")") + " ("
                    + error.sqlState() + "); it will fail for new tenants too: correct it";
        }
    }

    /** A script that is allowed to reach outside the schema does so. */
    record ReachesOutside(String script, List<String> objects) implements VerificationWarning {
        public ReachesOutside {
            objects = List.copyOf(objects);
        }

        @Override
        public String sentence(String database) {
            return script + " reaches outside the tenant's schema: " + String.join(", ", objects) + "; databases."
                    + database + ".allow names it, so this is repeated for every new tenant";
        }
    }

    /** A script sets the comment of the schema, which is the tenant's mark and is put back. */
    record ReplacesMark(String script) implements VerificationWarning {
        @Override
        public String sentence(String database) {
            return script
                    + " sets the comment of the tenant's schema, which is the mark of its tenant; the mark is put back"
                    + " after the script, so the comment is lost: put the comment on a table instead";
        }
    }

    /**
     * The trial with sample rows ended early.
     *
     * @param scripts which ones were not tried, as the subject of a sentence
     */
    record RowsNotTried(String scripts, String reason) implements VerificationWarning {
        @Override
        public String sentence(String database) {
            return scripts + " were not all tried with sample rows (" + reason
                    + "); they keep the plans that were proven without rows";
        }
    }
}

package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import java.util.List;

/** What the owner of the scripts or of the database should know after a verification. Immutable. */
public sealed interface VerificationWarning {
    /** Plans could not be tried; all scripts go through Flyway. */
    record NotTried(Exception failure) implements VerificationWarning {}

    /** The scripts could not be read by Flyway before they run. */
    record NotRead(Exception failure) implements VerificationWarning {}

    /**
     * A script sent too much in a trial, so that the trial had to start again and to end before that script.
     *
     * @param reason names the script
     */
    record SentTooMuch(String reason) implements VerificationWarning {}

    /** The functions of the database could not be searched for those that read the current message. */
    record ObserversUnknown(String reason) implements VerificationWarning {}

    /** A script fails on an empty schema, as it will for each new tenant. */
    record ScriptFails(ResultError error) implements VerificationWarning {}

    /** A script that is allowed to reach outside the schema does so. */
    record ReachesOutside(String script, List<String> objects) implements VerificationWarning {
        public ReachesOutside {
            objects = List.copyOf(objects);
        }
    }

    /** A script sets the comment of the schema, which is the tenant's mark and is put back. */
    record ReplacesMark(String script) implements VerificationWarning {}

    /**
     * The trial with sample rows ended early.
     *
     * @param scripts which ones were not tried, as the subject of a sentence
     */
    record RowsNotTried(String scripts, String reason) implements VerificationWarning {}
}

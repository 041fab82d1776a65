package io.tenantry.worker.engine.proof;

import org.jspecify.annotations.Nullable;

/**
 * What a rehearsal has found. Immutable.
 *
 * @param check the check that has found it, in kebab case: {@code from-empty}, or the name of a hazard
 * @param script its name in the history; null if it concerns no single script
 * @param line of the script, from 1; null if unknown
 * @param sentence for people: what, the consequence, what to do
 */
public record Finding(
        Severity severity,
        String check,
        @Nullable String script,
        @Nullable Integer line,
        String sentence) {
    /** What follows from a finding. */
    public enum Severity {
        /** The scripts must not be released like this. */
        ERROR,
        /** The team should know it before a release. */
        WARNING,
        /** Nothing is wrong. */
        NOTE
    }

    static Finding error(String check, @Nullable String script, @Nullable Integer line, String sentence) {
        return new Finding(Severity.ERROR, check, script, line, sentence);
    }

    static Finding warning(String check, @Nullable String script, @Nullable Integer line, String sentence) {
        return new Finding(Severity.WARNING, check, script, line, sentence);
    }

    static Finding note(String check, @Nullable String script, String sentence) {
        return new Finding(Severity.NOTE, check, script, null, sentence);
    }
}

package io.tenantry.worker.telemetry;

/** Asks something that is away whether it is back. */
public interface OutageProbe {
    /** What was found. */
    sealed interface Answer {
        /** It does what the worker needs. */
        record Back() implements Answer {}

        /** It does not, for this reason. */
        record Away(String reason) implements Answer {}

        /** It could not be asked now; nothing is known. */
        record Unasked() implements Answer {}
    }

    /**
     * Asks. If it takes longer than 10 s, requests may try meanwhile. An exception means that it is away. Called by one
     * thread at a time.
     */
    Answer ask() throws Exception;
}

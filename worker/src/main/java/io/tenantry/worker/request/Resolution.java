package io.tenantry.worker.request;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ResultError;
import java.util.List;

/** What a request means for the homes of its tenant. */
public sealed interface Resolution {
    /**
     * Work on these, in order.
     *
     * @param leftOut results of databases in which nothing is to be done, though the request is for them, too
     */
    record Work(List<HomeWork> homes, List<DatabaseResult> leftOut) implements Resolution {
        Work(List<HomeWork> homes) {
            this(homes, List.of());
        }
    }

    /** The request fails: it cannot be done. */
    record Refused(ResultError error) implements Resolution {}

    /** A request of the other topic may bring what is missing: this one waits for a while, and then fails. */
    record NotYet(ResultError error) implements Resolution {}
}

package io.tenantry.worker.request;

import io.tenantry.contracts.ResultError;
import java.util.List;

/** What a request means for the homes of its tenant. */
public sealed interface Resolution {
    /** Work on these, in order. */
    record Work(List<HomeWork> homes) implements Resolution {}

    /** It cannot be done. */
    record Refused(ResultError error) implements Resolution {}

    /** The other topic may bring what is missing: worth waiting a while, then it is refused. */
    record NotYet(ResultError error) implements Resolution {}
}

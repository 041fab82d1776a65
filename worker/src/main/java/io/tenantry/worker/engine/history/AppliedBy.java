package io.tenantry.worker.engine.history;

import java.util.Locale;

/** How a script was applied to a home. */
public enum AppliedBy {
    /** By a plan: in one message, without Flyway. */
    PLAN,
    /** By Flyway. */
    FLYWAY,
    /** By copying a template database, to which Flyway had applied it. */
    TEMPLATE;

    /** Its name in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package io.tenantry.worker.engine.hazard;

import java.util.Locale;

/**
 * How strongly the transaction locks a table; weaker locks keep no writer out.
 *
 * @see <a href="https://www.postgresql.org/docs/current/explicit-locking.html">table-level locks</a>
 */
enum Lock {
    NONE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    EXCLUSIVE,
    ACCESS_EXCLUSIVE;

    /** @param mode as pg_locks writes it: {@code ShareRowExclusiveLock} */
    static Lock of(String mode) {
        String upper = mode.replaceFirst("Lock$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toUpperCase(Locale.ROOT);
        for (Lock lock : values()) {
            if (lock.name().equals(upper)) {
                return lock;
            }
        }
        return NONE;
    }

    boolean isAtLeast(Lock other) {
        return compareTo(other) >= 0;
    }

    /** For people: which statements it keeps waiting. */
    String whoWaits() {
        return this == ACCESS_EXCLUSIVE ? "readers and writers" : "writers";
    }
}

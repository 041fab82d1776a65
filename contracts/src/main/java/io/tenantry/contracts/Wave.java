package io.tenantry.contracts;

import org.jspecify.annotations.Nullable;

/**
 * The size of one wave of a rollout. Exactly one of {@code count} and {@code percent} is set. A wave never has more
 * tenants than are left.
 *
 * @param name for people, as in {@code canary}; null means none
 * @param count that many tenants, 1 or more
 * @param percent that share of all tenants of the rollout, rounded up to whole tenants; 1 to 100
 */
public record Wave(
        @Nullable String name,
        @Nullable Integer count,
        @Nullable Integer percent) {

    /** @throws IllegalArgumentException if a value is out of its range, or not exactly one of the sizes is set */
    public Wave {
        if (name != null) {
            Rules.label("waves[].name", name);
        }
        if ((count == null) == (percent == null)) {
            throw new IllegalArgumentException(
                    "a wave has " + (count == null ? "neither count nor percent" : "both count and percent")
                            + "; expected exactly one of them");
        }
        if (count != null) {
            Rules.range("waves[].count", count, 1, Integer.MAX_VALUE);
        }
        if (percent != null) {
            Rules.range("waves[].percent", percent, 1, 100);
        }
    }
}

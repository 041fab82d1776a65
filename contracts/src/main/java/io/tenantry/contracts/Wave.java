package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One wave of a rollout. Exactly one of {@code tenants}, {@code count} and {@code percent} is set. A wave never has more
 * tenants than are left: one of 100 percent takes them all, and shared databases that no wave names are in the last wave.
 *
 * @param name for people, as in {@code canary}; no other wave of the rollout has it; null means none
 * @param tenants these tenants and shared databases: names or globs; empty or null means that the size is given otherwise
 * @param count that many tenants, 1 or more
 * @param percent that share of all tenants that the rollout sends a request to, rounded up to whole tenants; 1 to 100
 * @param soak how long nothing new is sent after the last result of the wave: whole seconds, up to 30 days; null means 0
 * @param pauseAfter whether the rollout is paused after the wave, and its soak, until it is resumed; null means no
 */
public record Wave(
        @Nullable String name,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> tenants,
        @Nullable Integer count,
        @Nullable Integer percent,
        @Nullable Duration soak,
        @Nullable Boolean pauseAfter) {

    /** @throws IllegalArgumentException if a value is out of its range, or not exactly one of the sizes is set */
    public Wave {
        if (name != null) {
            Rules.label("waves[].name", name);
        }
        tenants = RolloutRules.names("waves[].tenants", tenants);
        long sizes = Stream.of(tenants.isEmpty() ? null : tenants, count, percent)
                .filter(Objects::nonNull)
                .count();
        if (sizes != 1) {
            throw new IllegalArgumentException("a wave has " + (sizes == 0 ? "none" : "several")
                    + " of tenants, count and percent; expected exactly one of them");
        }
        if (count != null) {
            Rules.range("waves[].count", count, 1, Integer.MAX_VALUE);
        }
        if (percent != null) {
            Rules.range("waves[].percent", percent, 1, 100);
        }
        if (soak != null) {
            RolloutRules.soak(soak);
        }
    }

    /** Without tenants by name, soak and pause. */
    public Wave(@Nullable String name, @Nullable Integer count, @Nullable Integer percent) {
        this(name, List.of(), count, percent, null, null);
    }
}

package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of a rollout. It has counts and codes, and never lists of tenants.
 *
 * @param target as it was requested
 * @param wave the wave that the event is about, or that was running; null if there is none
 * @param counts over the whole rollout
 * @param failures over the whole rollout, how many requests failed with each code, earlier attempts of a tenant included;
 *     null or empty means none
 * @param code why the rollout was refused or halted; null otherwise
 * @param reason the same for people, also of a pause, a resume, a retry or an abort; null if there is nothing to say
 * @param request the {@code rollout.requested} that this answers; null if the rollout itself brought the event about
 * @param targets the version to reach in each database; null or empty if they are not resolved
 */
public record RolloutResult(
        String rollout,
        String target,
        @Nullable WaveProgress wave,
        RolloutCounts counts,
        Map<ErrorCode, Integer> failures,
        @Nullable ErrorCode code,
        @Nullable String reason,
        @Nullable RolloutRequestRef request,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> targets)
        implements EventData {

    /** @throws IllegalArgumentException if the rollout's name is not as the schema says */
    public RolloutResult {
        Rules.rollout(rollout);
        Objects.requireNonNull(target, "target is missing");
        Objects.requireNonNull(counts, "counts is missing");
        EnumMap<ErrorCode, Integer> sorted = new EnumMap<>(ErrorCode.class);
        if (failures != null) {
            sorted.putAll(failures);
        }
        failures = Collections.unmodifiableMap(sorted);
        targets = Rules.targets(targets);
    }

    /** Without what later releases added. */
    public RolloutResult(
            String rollout,
            String target,
            @Nullable WaveProgress wave,
            RolloutCounts counts,
            Map<ErrorCode, Integer> failures,
            @Nullable ErrorCode code,
            @Nullable String reason) {
        this(rollout, target, wave, counts, failures, code, reason, null, Map.of());
    }

    @Override
    public String key() {
        return rollout;
    }
}

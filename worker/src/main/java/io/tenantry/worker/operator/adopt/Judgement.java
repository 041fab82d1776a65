package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.drift.DriftDifference;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.operator.adopt.AdoptionFinding.State;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a home is taken for.
 *
 * @param state ADOPTABLE, or why not
 * @param source what says which version it has; null if nothing does
 * @param detail as in {@link AdoptionFinding}
 * @param history that it has or gets; null unless it is adoptable
 * @param isStamped whether the history is to be written into the home
 */
record Judgement(
        State state,
        @Nullable String version,
        @Nullable String source,
        @Nullable String detail,
        List<DriftDifference> differences,
        @Nullable History history,
        boolean isStamped) {
    static Judgement not(State state, @Nullable String source, String detail) {
        return new Judgement(state, null, source, detail, List.of(), null, false);
    }

    static Judgement different(String version, @Nullable String source, List<DriftDifference> differences) {
        return new Judgement(State.DIFFERENT, version, source, null, differences, null, false);
    }

    static Judgement adoptable(@Nullable String source, History history, boolean isStamped) {
        return new Judgement(State.ADOPTABLE, history.version(), source, null, List.of(), history, isStamped);
    }

    AdoptionFinding of(Candidate candidate) {
        return AdoptionFinding.of(candidate, state, version, source, detail, differences);
    }
}

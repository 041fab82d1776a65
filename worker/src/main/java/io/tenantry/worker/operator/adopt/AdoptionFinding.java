package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.drift.DriftDifference;
import io.tenantry.worker.drift.Wording;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one schema or database.
 *
 * @param tenant as the pattern says; not a valid name if it is refused for that
 * @param server a name of the configuration
 * @param location the schema or database
 * @param version that it has, or that it would be registered with; null if that is not known
 * @param source what says so, as in {@code flyway_schema_history}; null if nothing does
 * @param detail for people: why it is refused, or what is to be done; null if the rest says all
 * @param differences from what the migrations make up to the version; empty unless that is why it is not adopted
 * @param wasMarked whether it had its mark already: by an earlier run, or by another registry
 */
public record AdoptionFinding(
        String tenant,
        String database,
        String server,
        String location,
        State state,
        @Nullable String version,
        @Nullable String source,
        @Nullable String detail,
        List<DriftDifference> differences,
        boolean wasMarked) {
    private static final Set<String> OF_OWNERS = Set.of("owner", "privileges");

    public AdoptionFinding {
        differences = List.copyOf(differences);
    }

    /** What is or was done with it. */
    public enum State {
        /** Can be adopted; nothing was written. */
        ADOPTABLE,
        /** Is marked and registered now. */
        ADOPTED,
        /** Was marked and registered before. */
        KNOWN,
        /** Is not what the migrations make. */
        DIFFERENT,
        /** Nothing says at which version it is. */
        UNKNOWN_VERSION,
        /** Must not be adopted as it is. */
        REFUSED,
        /** Could not be read, or another session worked on it. */
        UNREADABLE;

        /** Whether the home is, or can be, a tenant's. */
        public boolean isGood() {
            return this == ADOPTABLE || this == ADOPTED || this == KNOWN;
        }
    }

    static AdoptionFinding of(Candidate candidate, State state, @Nullable String detail) {
        return of(candidate, state, null, null, detail, List.of());
    }

    static AdoptionFinding of(
            Candidate candidate,
            State state,
            @Nullable String version,
            @Nullable String source,
            @Nullable String detail,
            List<DriftDifference> differences) {
        return new AdoptionFinding(
                String.valueOf(candidate.home().tenant()),
                candidate.home().database(),
                candidate.home().server(),
                candidate.home().location(),
                state,
                version,
                source,
                detail,
                differences,
                Admission.isMarked(candidate));
    }

    /** The differences as people read them, one line each. */
    public List<String> differenceLines() {
        return differences.stream().map(Wording::of).toList();
    }

    /** Whether it would be adoptable if the same role owned it that owns what the migrations make. */
    public boolean differsInOwnersOnly() {
        return !differences.isEmpty()
                && differences.stream().allMatch(difference -> OF_OWNERS.contains(difference.kind()));
    }

    AdoptionFinding as(State other) {
        return with(other, detail);
    }

    AdoptionFinding refused(String reason) {
        return with(State.REFUSED, reason);
    }

    private AdoptionFinding with(State other, @Nullable String why) {
        return new AdoptionFinding(
                tenant, database, server, location, other, version, source, why, differences, wasMarked);
    }
}

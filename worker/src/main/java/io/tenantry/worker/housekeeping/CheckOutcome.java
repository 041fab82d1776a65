package io.tenantry.worker.housekeeping;

import io.tenantry.worker.drift.check.Verdict;
import io.tenantry.worker.telemetry.DriftMeters;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What metrics call the result of a look at a home. */
enum CheckOutcome {
    CLEAN("clean"),
    DRIFTED("drifted"),
    BUSY("busy"),
    UNREADABLE("unreadable"),
    NO_REFERENCE("no-reference");

    private final String label;

    CheckOutcome(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** All of them, and that of a home that was not looked at. */
    static List<String> labels() {
        return Stream.concat(Arrays.stream(values()).map(CheckOutcome::label), Stream.of(DriftMeters.DROPPED))
                .toList();
    }

    static CheckOutcome of(Verdict verdict) {
        if (verdict instanceof Verdict.Clean) {
            return CLEAN;
        }
        if (verdict instanceof Verdict.Drifted) {
            return DRIFTED;
        }
        if (verdict instanceof Verdict.Busy) {
            return BUSY;
        }
        return verdict instanceof Verdict.NoReference ? NO_REFERENCE : UNREADABLE;
    }
}

package io.tenantry.worker.cli.fleet;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.operator.fleet.UpgradeState;

/** The colour of a home's state. */
final class HomeColours {
    private HomeColours() {}

    static Colour of(UpgradeState state) {
        return switch (state) {
            case CURRENT -> Colour.GOOD;
            case BEHIND, AHEAD, UNVERIFIED, UNKNOWN -> Colour.WAITING;
        };
    }
}

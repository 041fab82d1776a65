package io.tenantry.worker.drift.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import org.junit.jupiter.api.Test;

/** Two releases that run side by side know which of them sees more. */
class SightTest {
    @Test
    void aSnapshotThatReadsOtherThingsHasAnotherSight() {
        assertThat(HomeCheck.SIGHT + " " + CatalogSnapshot.format())
                .as("raise HomeCheck.SIGHT, and write the new pair here")
                .isEqualTo("3 d7e5b3c6038a1d01");
    }
}

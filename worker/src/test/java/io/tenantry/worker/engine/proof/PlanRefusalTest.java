package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlanRefusalTest {
    @Test
    void theMessageOfAFailureBecomesOneLineOfBoundedLength() {
        PlanRefusal refusal = new PlanRefusal.Unsuitable("it fails in the trial:\nERROR: " + "x".repeat(10_000));

        assertThat(refusal.sentence())
                .startsWith("it fails in the trial:\\nERROR: xxx")
                .endsWith("…")
                .hasSizeLessThan(600)
                .doesNotContain("\n");
    }
}

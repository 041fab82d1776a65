package io.tenantry.worker.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.PublicCase;
import org.junit.jupiter.api.Test;

/** What producers send, from public reports. */
class IntakeCasesIT {
    /** Structured events under Content-Type, without a header, and as the specification has it. */
    @Test
    void readsAStructuredEventWhateverItsHeaderIsCalled() throws Exception {
        try (PublicCase opened = PublicCase.of("32-content-type-capital")) {
            opened.deployment().database("users").withTwoTables();
            opened.deployment().startWorker();
            opened.publishEvents();

            assertThat(opened.deployment().results().await(3))
                    .extracting(
                            result -> result.request().id(),
                            result -> result.request().source(),
                            TenantResult::tenant,
                            TenantResult::outcome)
                    .containsExactlyInAnyOrder(
                            tuple("c-1", "/signup", "acme", Outcome.COMPLETED),
                            tuple("c-2", "/signup", "bcd", Outcome.COMPLETED),
                            tuple("c-3", "/signup", "cde", Outcome.COMPLETED));
        }
    }
}

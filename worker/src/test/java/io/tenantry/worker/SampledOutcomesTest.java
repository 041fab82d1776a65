package io.tenantry.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.Registration;
import io.tenantry.worker.request.Outcomes;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RequestOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SampledOutcomesTest {
    private static final Request REQUEST = new Request(
            new RequestRef("1", "/test", "type", "topic", 0, 0),
            new TenantCreated("acme", List.of(), Map.of()),
            null,
            System.nanoTime());

    private final CompletableFuture<Void> written = new CompletableFuture<>();
    private final List<String> seen = new ArrayList<>();
    private final SampledOutcomes outcomes = new SampledOutcomes(
            new Outcomes() {
                @Override
                public void finished(Request request, RequestOutcome outcome) {
                    seen.add("finished");
                }

                @Override
                public void answeredBefore(Request request, Recorded recorded) {
                    seen.add("answered before");
                }

                @Override
                public void unanswerable(Request request, Throwable bug) {
                    seen.add("unanswerable");
                }

                @Override
                public CompletableFuture<Void> whenWritten(String key) {
                    return seen.isEmpty() ? CompletableFuture.completedFuture(null) : written;
                }

                @Override
                public void abandoned(Request request) {
                    seen.add("abandoned");
                }
            },
            (result, home) -> seen.add("look at " + home.database()));

    @Test
    void homesThatWereChangedAreLookedAtWhenTheirResultIsWritten() {
        outcomes.finished(REQUEST, outcome(Outcome.values()));
        assertThat(seen).containsExactly("finished");

        written.complete(null);
        assertThat(seen).containsExactly("finished", "look at completed");
    }

    private static RequestOutcome outcome(Outcome... homes) {
        List<DatabaseResult> results = Arrays.stream(homes)
                .map(home ->
                        new DatabaseResult(home.wireName(), "main", "acme", home, null, "1", List.of("1"), 1, null))
                .toList();
        return new RequestOutcome(
                EventType.TENANT_ONBOARDED,
                new TenantResult(
                        "acme",
                        null,
                        REQUEST.ref(),
                        null,
                        Outcome.COMPLETED,
                        null,
                        results,
                        1,
                        "worker",
                        Instant.EPOCH,
                        Instant.EPOCH),
                new Registration("acme", true, Map.of(), List.of()));
    }
}

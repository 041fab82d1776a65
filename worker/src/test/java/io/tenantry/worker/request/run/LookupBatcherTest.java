package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.worker.registry.TenantRecord;
import io.tenantry.worker.request.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LookupBatcherTest {
    private static final TenantRecord UNKNOWN = new TenantRecord(Optional.empty(), false, List.of());

    /** The first one is looked up alone, and holds the thread until the others are there. */
    @Test
    void aBugThatOneMeetsIsNotMetByThoseOfItsBatch() throws Exception {
        CountDownLatch all = new CountDownLatch(1);
        LookupBatcher lookups = new LookupBatcher(wanted -> {
            await(all);
            if (wanted.stream().anyMatch(next -> "bad".equals(next.tenant()))) {
                throw new IllegalStateException("thrown by a test");
            }
            return wanted.stream().map(next -> UNKNOWN).toList();
        });
        try (lookups) {
            List<CompletableFuture<TenantRecord>> good = new ArrayList<>();
            good.add(lookups.ask(request("first"), false));
            good.add(lookups.ask(request("before"), false));
            CompletableFuture<TenantRecord> bad = lookups.ask(request("bad"), false);
            good.add(lookups.ask(request("behind"), false));
            all.countDown();

            for (CompletableFuture<TenantRecord> next : good) {
                assertThat(next.get(10, TimeUnit.SECONDS)).isSameAs(UNKNOWN);
            }
            assertThat(bad)
                    .failsWithin(10, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withMessageContaining("by a test");
        }
    }

    private static Request request(String tenant) {
        return new Request(
                new RequestRef(tenant, "/test", "type", "tenant.created", 0, 0),
                new TenantCreated(tenant, List.of(), Map.of()),
                null,
                0);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}

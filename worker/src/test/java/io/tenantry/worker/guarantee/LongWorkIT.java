package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.stack.Await;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A migration of three times {@code max.poll.interval.ms} costs a worker neither its place in the group nor the others. */
@Tag("guarantee")
@Order(6)
class LongWorkIT {
    private static final String LONG = "tenant0";
    /** Longer than the poll thread may wait for the producer. */
    private static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(6);

    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#usual")
    void keepsItsMembershipDuringLongWork(Round round) throws Exception {
        try (Trial trial = Trial.of(round)) {
            trial.property("max.poll.interval.ms", Long.toString(MAX_POLL_INTERVAL.toMillis()))
                    .onboard(trial.scale().tenants() / 3, Duration.ofMillis(20))
                    .startWorkers(2)
                    .awaitReady()
                    .awaitMembers(2);
            trial.journal().slow(LONG, MAX_POLL_INTERVAL.multipliedBy(3));
            trial.journal().hold(LONG);

            trial.requests().upgrade(LONG, 2);
            Await.until(
                    Duration.ofSeconds(30),
                    "the long one is at work",
                    () -> trial.journal().isAtWork(LONG));
            trial.tenants().stream()
                    .filter(tenant -> !tenant.equals(LONG))
                    .forEach(tenant -> trial.requests().upgrade(tenant, 2));
            trial.under(attacked -> {
                        attacked.awaitOthersAreDone(LONG);
                        assertThat(attacked.journal().isAtWork(LONG))
                                .as("the long one is still at work")
                                .isTrue();
                        attacked.journal().release(LONG);
                    })
                    .check();

            assertThat(trial.journal().begunAgain()).as("second runs").isZero();
            assertThat(trial.workers()).noneMatch(worker -> worker.logged("lost ["));
            assertThat(trial.group().members()).isEqualTo(2);
        }
    }
}

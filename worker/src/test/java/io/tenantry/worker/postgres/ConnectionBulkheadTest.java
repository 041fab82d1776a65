package io.tenantry.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionBulkheadTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final ConnectionBulkhead bulkhead = new ConnectionBulkhead("main", 2);
    private final List<String> called = new ArrayList<>();

    @Test
    void givesAsManyPermitsAsThereAre() {
        assertThat(bulkhead.max()).isEqualTo(2);
        assertThat(bulkhead.available()).isEqualTo(2);
        assertThat(bulkhead.tryAcquire()).isTrue();
        assertThat(bulkhead.tryAcquire()).isTrue();
        assertThat(bulkhead.tryAcquire()).isFalse();
        assertThat(bulkhead.available()).isZero();

        bulkhead.release();
        assertThat(bulkhead.available()).isEqualTo(1);
        assertThat(bulkhead.tryAcquire()).isTrue();
        assertThat(bulkhead.tryAcquire()).isFalse();
    }

    @Test
    void callsBackAtOnceIfAPermitIsFree() {
        bulkhead.tryAcquire();
        bulkhead.whenFree(false, () -> called.add("first"));

        assertThat(called).containsExactly("first");
        assertThat(bulkhead.available())
                .as("the permit is still to be acquired")
                .isEqualTo(1);
    }

    @Test
    void callsOneWaiterForEachPermitInTheOrderInWhichTheyCame() {
        fill();
        bulkhead.whenFree(false, () -> called.add("first"));
        bulkhead.whenFree(false, () -> called.add("second"));
        bulkhead.whenFree(false, () -> called.add("third"));
        assertThat(called).isEmpty();

        bulkhead.release();
        assertThat(called).containsExactly("first");
        bulkhead.release();
        assertThat(called).containsExactly("first", "second");
    }

    @Test
    void callsAWaiterOnce() {
        fill();
        bulkhead.whenFree(false, () -> called.add("first"));
        bulkhead.release();
        bulkhead.release();

        assertThat(called).containsExactly("first");
    }

    @Test
    void aWaiterMayAcquireInItsCallback() {
        fill();
        bulkhead.whenFree(false, () -> called.add("acquired: " + bulkhead.tryAcquire()));
        bulkhead.release();

        assertThat(called).containsExactly("acquired: true");
        assertThat(bulkhead.available()).isZero();
    }

    @Test
    void aWaiterThatNeedsNoPermitAnyMorePassesItOn() {
        fill();
        bulkhead.whenFree(false, () -> called.add("gone"));
        bulkhead.whenFree(false, () -> called.add("next"));
        bulkhead.release();
        assertThat(called).containsExactly("gone");

        bulkhead.passOn();
        assertThat(called).containsExactly("gone", "next");
    }

    @Test
    void nobodyIsCalledWhenNothingIsFreeToPassOn() {
        fill();
        bulkhead.whenFree(false, () -> called.add("waiting"));
        bulkhead.passOn();

        assertThat(called).isEmpty();
    }

    /**
     * Each user comes back when it is called, as tasks of lanes do. Few users and many rounds: a wake-up that is lost
     * shows only when nobody comes after it.
     */
    @Test
    void callsWhoIsUrgentFirst() {
        List<String> called = new ArrayList<>();
        ConnectionBulkhead bulkhead = new ConnectionBulkhead("main", 1);
        assertThat(bulkhead.tryAcquire()).isTrue();
        bulkhead.whenFree(false, () -> called.add("rollout"));
        bulkhead.whenFree(true, () -> called.add("signup"));

        bulkhead.release();

        assertThat(called).containsExactly("signup");
    }

    @Test
    void servesEverybodyAndNeverMoreThanItsPermitsAtOnce() throws InterruptedException {
        int users = 6;
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 3000; round++) {
                AtomicInteger inside = new AtomicInteger();
                AtomicInteger most = new AtomicInteger();
                CountDownLatch served = new CountDownLatch(users);
                for (int i = 0; i < users; i++) {
                    threads.execute(new User(threads, inside, most, served));
                }

                assertThat(served.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS))
                        .as("round %d: %d of %d were never served", round, served.getCount(), users)
                        .isTrue();
                assertThat(most).hasValueLessThanOrEqualTo(2);
                assertThat(bulkhead.available()).isEqualTo(2);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private final class User implements Runnable {
        private final Executor threads;
        private final AtomicInteger inside;
        private final AtomicInteger most;
        private final CountDownLatch served;

        User(Executor threads, AtomicInteger inside, AtomicInteger most, CountDownLatch served) {
            this.threads = threads;
            this.inside = inside;
            this.most = most;
            this.served = served;
        }

        @Override
        public void run() {
            if (!bulkhead.tryAcquire()) {
                bulkhead.whenFree(false, () -> threads.execute(this));
                return;
            }
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            inside.decrementAndGet();
            bulkhead.release();
            served.countDown();
        }
    }

    private void fill() {
        while (bulkhead.tryAcquire()) {
            assertThat(bulkhead.available()).isNotNegative();
        }
    }
}

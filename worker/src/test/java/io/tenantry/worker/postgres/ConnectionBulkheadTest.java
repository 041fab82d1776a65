package io.tenantry.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
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
    void worksWithItsShareOnly() {
        bulkhead.share(1);

        assertThat(bulkhead.max()).isEqualTo(1);
        assertThat(bulkhead.cap()).isEqualTo(2);
        assertThat(bulkhead.tryAcquire()).isTrue();
        assertThat(bulkhead.tryAcquire()).isFalse();
    }

    @Test
    void whatIsInUseIsWithheldAsItComesBackBeforeAnyWaiterGetsIt() {
        fill();
        bulkhead.whenFree(false, () -> called.add("first"));
        bulkhead.share(1);
        bulkhead.release();
        assertThat(called).isEmpty();

        bulkhead.release();
        assertThat(called).containsExactly("first");
        assertThat(bulkhead.available()).isEqualTo(1);
    }

    @Test
    void callsAsManyWaitersAsTheShareHasGrown() {
        bulkhead.share(0);
        List.of("first", "second", "third").forEach(name -> bulkhead.whenFree(false, () -> called.add(name)));
        assertThat(bulkhead.tryAcquire()).isFalse();

        bulkhead.share(2);
        assertThat(called).containsExactly("first", "second");
    }

    @Test
    void givesNothingWhileTheLeaseHasRunOutAndCallsWhoWaitsWhenItIsRenewed() {
        AtomicLong now = new AtomicLong();
        Lease lease = new Lease("test", now::get);
        ConnectionBulkhead leased = new ConnectionBulkhead("main", 2, lease);
        lease.renew(100);
        leased.share(2);
        assertThat(leased.tryAcquire()).isTrue();
        now.set(100);

        assertThat(leased.tryAcquire()).isFalse();
        leased.whenFree(false, () -> called.add("first"));
        leased.release();
        assertThat(called).isEmpty();

        lease.renew(200);
        leased.share(2);
        assertThat(called).containsExactly("first");
        assertThat(leased.tryAcquire()).isTrue();
    }

    @Test
    void takesSeveralPermitsTogetherOrNone() {
        ConnectionBulkhead large = new ConnectionBulkhead("main", 4);
        assertThat(large.tryAcquire(3)).isTrue();
        assertThat(large.tryAcquire(2)).isFalse();
        assertThat(large.available()).isEqualTo(1);

        large.release(3);
        assertThat(large.available()).isEqualTo(4);
    }

    @Test
    void refusesWhatItCanNeverGive() {
        assertThatThrownBy(() -> bulkhead.tryAcquire(3)).hasMessageContaining("3 permits of server main, which has 2");
        assertThatThrownBy(() -> bulkhead.whenFree(3, false, () -> {})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void gathersPermitsForTheFirstThatNeedsSeveral() {
        fill();
        bulkhead.whenFree(2, false, () -> called.add("two"));
        bulkhead.whenFree(false, () -> called.add("one"));

        bulkhead.release();
        assertThat(called).isEmpty();
        assertThat(bulkhead.tryAcquire())
                .as("another one takes what is gathered")
                .isFalse();
        bulkhead.release();
        assertThat(called).containsExactly("two");
        assertThat(bulkhead.tryAcquire()).isFalse();
        assertThat(bulkhead.tryAcquire(2)).isTrue();

        bulkhead.release(2);
        assertThat(called).containsExactly("two", "one");
    }

    @Test
    void whatWasGatheredIsPassedOn() {
        fill();
        bulkhead.whenFree(2, false, () -> called.add("two"));
        bulkhead.whenFree(false, () -> called.add("one"));
        bulkhead.release();
        bulkhead.release();

        bulkhead.passOn(2);
        assertThat(called).containsExactly("two", "one");
        assertThat(bulkhead.tryAcquire()).isTrue();
        assertThat(bulkhead.tryAcquire()).isTrue();
    }

    @Test
    void whatWasGatheredIsWithheldToo() {
        fill();
        bulkhead.whenFree(2, false, () -> called.add("two"));
        bulkhead.release();
        bulkhead.share(1);
        bulkhead.release();
        assertThat(called).isEmpty();

        bulkhead.share(2);
        assertThat(called).containsExactly("two");
        assertThat(bulkhead.tryAcquire(2)).isTrue();
    }

    @Test
    void oneThatNeedsMoreThanTheShareHoldsNobodyUp() {
        bulkhead.share(1);
        assertThat(bulkhead.tryAcquire()).isTrue();
        bulkhead.whenFree(2, false, () -> called.add("two"));
        bulkhead.whenFree(false, () -> called.add("one"));

        bulkhead.release();
        assertThat(called).containsExactly("one");
        bulkhead.share(2);
        assertThat(called).containsExactly("one", "two");
    }

    /** With permits that are taken away and given again meanwhile. */
    @Test
    void servesThoseThatNeedOneAndThoseThatNeedMoreWhileTheShareChanges() throws InterruptedException {
        ConnectionBulkhead large = new ConnectionBulkhead("main", 4);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        int users = 20_000;
        CountDownLatch served = new CountDownLatch(users);
        try {
            for (int i = 0; i < users; i++) {
                int needs = 1 + i % 3;
                AtomicReference<Runnable> user = new AtomicReference<>();
                user.set(() -> {
                    if (!large.tryAcquire(needs)) {
                        large.whenFree(needs, needs == 2, () -> threads.execute(user.get()));
                        return;
                    }
                    most.accumulateAndGet(inside.addAndGet(needs), Math::max);
                    inside.addAndGet(-needs);
                    large.release(needs);
                    served.countDown();
                });
                threads.execute(user.get());
                if (i % 50 == 0) {
                    large.share(1 + i % 4);
                }
            }
            large.share(4);

            assertThat(served.await(60, TimeUnit.SECONDS))
                    .as("%d were never served", served.getCount())
                    .isTrue();
            assertThat(most).hasValueLessThanOrEqualTo(4);
            assertThat(large.available()).isEqualTo(4);
        } finally {
            threads.shutdownNow();
        }
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

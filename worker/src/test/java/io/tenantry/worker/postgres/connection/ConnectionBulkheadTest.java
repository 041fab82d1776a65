package io.tenantry.worker.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.postgres.connection.ConnectionBulkhead.Permit;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConnectionBulkheadTest {
    private final ConnectionBulkhead bulkhead = new ConnectionBulkhead("main", 2);
    private final List<String> called = new ArrayList<>();

    @Test
    void grantsAsManyPermitsAsThereAre() {
        Permit first = bulkhead.ask(Use.SIGNUP);
        Permit second = bulkhead.ask(Use.SIGNUP);
        Permit third = bulkhead.ask(Use.SIGNUP);

        assertThat(List.of(first.isHeld(), second.isHeld(), third.isHeld())).containsExactly(true, true, false);
        assertThat(bulkhead.available()).isZero();
        first.end();
        assertThat(third.isHeld()).isTrue();
        second.end();
        third.end();
        assertThat(bulkhead.available()).isEqualTo(2);
    }

    @Test
    void callsOneForEachPermitInTheOrderInWhichTheyAsked() {
        List<Permit> held = fill(bulkhead);
        List.of("first", "second", "third").forEach(name -> ask(bulkhead, Use.SIGNUP, name));
        assertThat(called).isEmpty();

        held.get(0).end();
        held.get(0).end();
        assertThat(called).containsExactly("first");
        held.get(1).end();
        assertThat(called).containsExactly("first", "second");
    }

    @Test
    void callsAtOnceIfThePermitIsGrantedBeforeAnybodyListens() {
        List<Permit> held = fill(bulkhead);
        Permit permit = bulkhead.ask(Use.SIGNUP);
        held.get(0).end();

        permit.whenHeld(() -> called.add("granted"));

        assertThat(called).containsExactly("granted");
    }

    /** Its lane is gone, or its partition: nobody would come for the permit. */
    @Test
    void whoHasLeftTheQueueTakesNobodysPermit() {
        List<Permit> held = fill(bulkhead);
        Permit gone = ask(bulkhead, Use.SIGNUP, "gone");
        ask(bulkhead, Use.SIGNUP, "next");
        gone.end();

        held.get(0).end();

        assertThat(called).containsExactly("next");
    }

    @Test
    void whoWasCalledAndLeavesGivesThePermitToTheNext() {
        List<Permit> held = fill(bulkhead);
        Permit gone = ask(bulkhead, Use.SIGNUP, "gone");
        Permit next = ask(bulkhead, Use.SIGNUP, "next");
        held.get(0).end();
        assertThat(called).containsExactly("gone");

        gone.end();

        assertThat(called).containsExactly("gone", "next");
        assertThat(next.isHeld()).isTrue();
    }

    /** The worker lost its share, and let go of all that waited; what it reads afterwards must not hang beside free permits. */
    @Test
    void afterALostAndRegainedShareOnlyTheLivingAreCalled() {
        List<Permit> held = fill(bulkhead);
        List<Permit> before = IntStream.range(0, 5)
                .mapToObj(i -> ask(bulkhead, Use.MIGRATION, "before " + i))
                .toList();
        bulkhead.share(0);
        held.forEach(Permit::end);
        before.forEach(Permit::end);
        ask(bulkhead, Use.SIGNUP, "a");
        ask(bulkhead, Use.SIGNUP, "b");

        bulkhead.share(2);

        assertThat(called).containsExactly("a", "b");
    }

    @Test
    void keepsOnePermitForSignups() {
        ConnectionBulkhead three = new ConnectionBulkhead("main", 3);
        assertThat(three.ask(Use.MIGRATION).isHeld()).isTrue();
        assertThat(three.ask(Use.MIGRATION).isHeld()).isTrue();
        Permit third = three.ask(Use.MIGRATION);
        assertThat(third.isHeld()).isFalse();

        Permit signup = three.ask(Use.SIGNUP);
        assertThat(signup.isHeld()).isTrue();
        signup.end();
        assertThat(third.isHeld()).as("it is kept again").isFalse();
    }

    @Test
    void withOnePermitASignupOnlyGoesFirst() {
        ConnectionBulkhead one = new ConnectionBulkhead("main", 1);
        Permit held = one.ask(Use.MIGRATION);
        assertThat(held.isHeld()).isTrue();
        ask(one, Use.MIGRATION, "rollout");
        ask(one, Use.SIGNUP, "signup");
        ask(one, Use.RECLAIM, "reclaim");

        held.end();

        assertThat(called).containsExactly("reclaim");
    }

    @Test
    void worksWithItsShareOnly() {
        bulkhead.share(1);

        assertThat(bulkhead.max()).isEqualTo(1);
        assertThat(bulkhead.cap()).isEqualTo(2);
        assertThat(bulkhead.ask(Use.SIGNUP).isHeld()).isTrue();
        assertThat(bulkhead.ask(Use.SIGNUP).isHeld()).isFalse();
    }

    @Test
    void whatIsHeldBeyondTheShareIsGrantedToNobody() {
        List<Permit> held = fill(bulkhead);
        ask(bulkhead, Use.SIGNUP, "first");
        bulkhead.share(1);
        held.get(0).end();
        assertThat(called).isEmpty();
        assertThat(bulkhead.available()).isZero();

        held.get(1).end();
        assertThat(called).containsExactly("first");
    }

    /** As a thread of a lane is when its worker ends: the bulkhead outlives the lanes. */
    @Test
    void anInterruptedThreadThatGivesAPermitBackCallsTheNextAndStaysInterrupted() {
        List<Permit> held = fill(bulkhead);
        ask(bulkhead, Use.SIGNUP, "next");
        Thread.currentThread().interrupt();

        held.get(0).end();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(called).containsExactly("next");
    }

    @Test
    void anInterruptedThreadThatLearnsOfASmallerShareWithholdsTheRest() {
        Thread.currentThread().interrupt();

        bulkhead.share(1);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(fill(bulkhead)).hasSize(1);
    }

    @Test
    void grantsNothingWhileTheLeaseHasRunOutAndCallsWhoWaitsWhenItIsRenewed() {
        AtomicLong now = new AtomicLong();
        Lease lease = new Lease("test", now::get);
        ConnectionBulkhead leased = new ConnectionBulkhead("main", 2, lease);
        lease.renew(100);
        leased.share(2);
        Permit late = leased.ask(Use.SIGNUP);
        now.set(100);

        assertThat(late.isHeld()).as("granted before, and not used").isFalse();
        late.whenHeld(() -> called.add("late"));
        ask(leased, Use.SIGNUP, "next");
        assertThat(called).isEmpty();

        lease.renew(200);
        leased.share(2);
        assertThat(called).containsExactly("late", "next");
        assertThat(late.isHeld()).isTrue();
    }

    @Test
    void oneServerThatHangsLeavesTheOthersTheirThreads() {
        LaneThreads threads = new LaneThreads(8, List.of("hangs", "answers"));
        ConnectionBulkhead hangs = new ConnectionBulkhead("hangs", 100, Lease.endless("test"), threads);
        ConnectionBulkhead answers = new ConnectionBulkhead("answers", 100, Lease.endless("test"), threads);
        for (int i = 0; i < 50; i++) {
            hangs.ask(i % 2 == 0 ? Use.SIGNUP : Use.MIGRATION);
        }

        Permit migration = answers.ask(Use.MIGRATION);
        assertThat(migration.isHeld()).isTrue();
        assertThat(answers.ask(Use.SIGNUP).isHeld()).isTrue();
        ask(answers, Use.MIGRATION, "next");
        assertThat(called).isEmpty();
        migration.end();
        assertThat(called).containsExactly("next");
    }

    @Test
    void aThreadThatComesFreeAtOneServerServesWhoeverWaitsAtAnother() {
        LaneThreads threads = new LaneThreads(4, List.of("a", "b"));
        ConnectionBulkhead a = new ConnectionBulkhead("a", 100, Lease.endless("test"), threads);
        ConnectionBulkhead b = new ConnectionBulkhead("b", 100, Lease.endless("test"), threads);
        List<Permit> held = new ArrayList<>(fill(a));
        held.addAll(fill(b));
        assertThat(held).hasSize(4);
        ask(b, Use.SIGNUP, "first of b");
        ask(b, Use.SIGNUP, "second of b");

        held.get(2).end();
        held.get(3).end();

        assertThat(called).containsExactly("first of b", "second of b");
    }

    /** Some leave the queue, some leave when they are called, and the share changes meanwhile. */
    @Test
    void servesEverybodyAndNeverMoreThanItsPermitsAtOnce() throws InterruptedException {
        LaneThreads lanes = new LaneThreads(4, List.of("main", "other"));
        ConnectionBulkhead main = new ConnectionBulkhead("main", 3, Lease.endless("test"), lanes);
        ConnectionBulkhead other = new ConnectionBulkhead("other", 3, Lease.endless("test"), lanes);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        int users = 20_000;
        CountDownLatch served = new CountDownLatch(users);
        try {
            for (int i = 0; i < users; i++) {
                Permit permit = (i % 3 == 0 ? other : main).ask(i % 2 == 0 ? Use.SIGNUP : Use.MIGRATION);
                boolean leaves = i % 7 == 0;
                permit.whenHeld(() -> threads.execute(() -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    inside.decrementAndGet();
                    permit.end();
                    if (!leaves) {
                        served.countDown();
                    }
                }));
                if (leaves) {
                    threads.execute(permit::end);
                    served.countDown();
                }
                if (i % 50 == 0) {
                    main.share(1 + i / 50 % 3);
                }
            }
            main.share(3);

            assertThat(served.await(60, TimeUnit.SECONDS))
                    .as("%d were never served", served.getCount())
                    .isTrue();
            assertThat(most).hasValueLessThanOrEqualTo(4);
        } finally {
            threads.shutdown();
            assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(List.of(main.available(), other.available())).containsOnly(3);
    }

    private Permit ask(ConnectionBulkhead asked, Use use, String name) {
        Permit permit = asked.ask(use);
        permit.whenHeld(() -> called.add(name));
        return permit;
    }

    private static List<Permit> fill(ConnectionBulkhead filled) {
        List<Permit> held = new ArrayList<>();
        Permit next = filled.ask(Use.SIGNUP);
        while (next.isHeld()) {
            held.add(next);
            next = filled.ask(Use.SIGNUP);
        }
        next.end();
        return held;
    }
}

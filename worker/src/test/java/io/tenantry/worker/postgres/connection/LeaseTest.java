package io.tenantry.worker.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);
    private final Lease lease = new Lease("tenantry one", now::get);

    @Test
    void doesNotHoldUntilItIsTaken() {
        assertThat(lease.holds()).isFalse();
    }

    @Test
    void holdsUntilItsEndAlsoWhereTheClockOverflows() {
        lease.renew(now.get() + 20);
        now.addAndGet(19);
        assertThat(lease.holds()).isTrue();

        now.addAndGet(1);
        assertThat(lease.holds()).isFalse();
    }

    @Test
    void holdsForWhatWasBegunUnderItsNameOnly() {
        lease.renew(now.get() + 20);
        assertThat(lease.holds("tenantry one")).isTrue();

        lease.end("tenantry one.2");
        assertThat(lease.holds()).isFalse();
        lease.renew(now.get() + 20);
        assertThat(lease.holds("tenantry one")).isFalse();
        assertThat(lease.holds("tenantry one.2")).isTrue();
    }

    @Test
    void anEndlessOneHolds() {
        assertThat(Lease.endless("alone").holds()).isTrue();
    }
}

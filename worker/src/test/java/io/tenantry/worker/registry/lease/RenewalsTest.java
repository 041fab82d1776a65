package io.tenantry.worker.registry.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.registry.lease.Member.Holding;
import io.tenantry.worker.stack.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RenewalsTest {
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final ManualClock clock = new ManualClock();
    private final Renewals renewals = new Renewals(LEASE);

    @Test
    void oneThatIsSeenForTheFirstTimeLives() {
        assertThat(look(row("a", "1", LEASE)).isLive()).isTrue();
    }

    @Test
    void isDeadWhenItsRenewalsHaveStoodStillForItsLease() {
        look(row("a", "1", LEASE));
        clock.advance(LEASE);
        assertThat(look(row("a", "1", LEASE)).isLive()).isTrue();

        clock.advance(Duration.ofMillis(1));
        Member dead = look(row("a", "1", LEASE));
        assertThat(dead.isLive()).isFalse();
        assertThat(dead.overdue()).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void everyChangeIsARenewalWhicheverWayItGoes() {
        look(row("a", "5", LEASE));
        clock.advance(LEASE.plusSeconds(1));
        assertThat(look(row("a", "4", LEASE)).isLive()).isTrue();

        clock.advance(LEASE);
        assertThat(look(row("a", "5", LEASE)).isLive()).isTrue();
    }

    @Test
    void eachHasItsOwnLeaseAndAnOlderReleaseTheUsualOne() {
        List<LeaseTable.Row> rows = List.of(
                row("a", "1", Duration.ofSeconds(60)), row("b", "1", null), row("c", "1", Duration.ofSeconds(2)));
        look(rows);
        clock.advance(Duration.ofSeconds(11));

        assertThat(look(rows)).extracting(Member::isLive).containsExactly(true, false, false);
        assertThat(look(rows))
                .extracting(Member::overdue)
                .containsExactly(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(9));
    }

    /** The answer to a question that was asked in time may come late, as when this worker was stopped meanwhile. */
    @Test
    void anAnswerThatCameLateSaysNothingOfTheTimeSinceItsQuestion() {
        look(row("a", "1", LEASE));
        long asked = clock.nanoTime();
        clock.advance(Duration.ofHours(1));

        assertThat(renewals.judge(List.of(row("a", "1", LEASE)), asked, clock.nanoTime()))
                .allMatch(Member::isLive);
    }

    @Test
    void theLeaseCountsFromTheFirstAnswerNotFromItsQuestion() {
        long asked = clock.nanoTime();
        clock.advance(LEASE);
        renewals.judge(List.of(row("a", "1", LEASE)), asked, clock.nanoTime());
        clock.advance(LEASE);

        assertThat(look(row("a", "1", LEASE)).isLive()).isTrue();
    }

    @Test
    void oneThatIsFencedHasBeenDeadSinceThatWasSeen() {
        look(row("a", "1", LEASE));
        clock.advance(Duration.ofSeconds(5));
        assertThat(look(fenced("a", "1")).overdue()).isZero();
        clock.advance(Duration.ofSeconds(2));

        Member fenced = look(fenced("a", "1"));
        assertThat(fenced.isLive()).isFalse();
        assertThat(fenced.overdue()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void oneThatLeftAndComesAgainIsSeenForTheFirstTime() {
        look(row("a", "1", LEASE));
        look(List.of());
        clock.advance(LEASE.plusSeconds(1));

        assertThat(look(row("a", "1", LEASE)).isLive()).isTrue();
    }

    private Member look(LeaseTable.Row row) {
        return look(List.of(row)).get(0);
    }

    private List<Member> look(List<LeaseTable.Row> rows) {
        return renewals.judge(rows, clock.nanoTime(), clock.nanoTime());
    }

    private static LeaseTable.Row row(String name, String pulse, @Nullable Duration lease) {
        return new LeaseTable.Row(name, pulse, lease, false, null, Map.of("main", new Holding(4, 2)));
    }

    private static LeaseTable.Row fenced(String name, String pulse) {
        return new LeaseTable.Row(name, pulse, LEASE, true, null, Map.of("main", new Holding(4, 2)));
    }
}

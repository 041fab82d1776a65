package io.tenantry.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is said of tasks that wait. */
class WaitsTest {
    private static final Wait LOCKED = new Wait(WaitReason.HOME_LOCKED, "tenant_acme");

    private final Logger logger = (Logger) LoggerFactory.getLogger(Waits.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<WaitReason> begun = new ArrayList<>();
    private long now = Long.MAX_VALUE - 1000; // nanoTime may overflow
    private final Waits waits = new Waits(() -> now, begun::add);
    private final Task acme = new FakeTask("migration", "acme", Task.Priority.BULK, new ArrayList<>());

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    @Test
    void saysWhatWaitsAndWhyAtAGrowingInterval() {
        List<Integer> saidAt = new ArrayList<>();
        for (int second = 0; second <= 80; second++) {
            // It looks every second, and waits on.
            waits.runs(acme);
            waits.waits(acme, LOCKED);
            int before = log.list.size();
            waits.report();
            if (log.list.size() > before) {
                saidAt.add(second);
            }
            pass(Duration.ofSeconds(1));
        }

        assertThat(saidAt).containsExactly(10, 20, 40, 80);
        assertThat(log.list.get(2).getFormattedMessage())
                .contains("acme for 40 s (tenant_acme)", "another session holds the lock of the home", "40 s");
    }

    @Test
    void theIntervalHasABound() {
        waits.waits(acme, LOCKED);
        for (int minute = 0; minute < 120; minute++) {
            pass(Duration.ofMinutes(1));
            waits.report();
        }

        assertThat(log.list).hasSizeBetween(24, 32);
    }

    @Test
    void aShortWaitIsNotTalkedAbout() {
        for (int i = 0; i < 10; i++) {
            waits.waits(acme, LOCKED);
            pass(Duration.ofSeconds(9));
            waits.report();
            waits.ended(acme);
        }

        assertThat(log.list).isEmpty();
    }

    @Test
    void anOutageIsSaidByWhoeverKeepsIt() {
        waits.waits(acme, new Wait(WaitReason.SERVER_AWAY, "main"));
        pass(Duration.ofHours(1));
        waits.report();

        assertThat(log.list).isEmpty();
        assertThat(waits.count(WaitReason.SERVER_AWAY)).isEqualTo(1);
    }

    @Test
    void ofManyOnlyThoseThatWaitLongestAreNamed() {
        for (int i = 0; i < 1000; i++) {
            waits.waits(new FakeTask("m", "tenant" + i, Task.Priority.BULK, new ArrayList<>()), LOCKED);
            pass(Duration.ofMillis(1));
        }
        pass(Duration.ofSeconds(30));
        waits.report();

        assertThat(log.list).hasSize(1);
        assertThat(log.list.get(0).getFormattedMessage())
                .startsWith("1000 of 1000 ")
                .contains("tenant0 ", "tenant4 ")
                .doesNotContain("tenant5 ");
    }

    @Test
    void aLookThatFindsTheSameReasonIsNoOtherWait() {
        waits.waits(acme, LOCKED);
        waits.runs(acme);
        assertThat(waits.count(WaitReason.HOME_LOCKED)).isZero();
        waits.waits(acme, LOCKED);
        waits.waits(acme, LOCKED);
        assertThat(waits.count(WaitReason.HOME_LOCKED)).isEqualTo(1);
        waits.runs(acme);
        waits.waits(acme, new Wait(WaitReason.NO_CONNECTION, "main"));

        assertThat(begun).containsExactly(WaitReason.HOME_LOCKED, WaitReason.NO_CONNECTION);
        assertThat(waits.count(WaitReason.HOME_LOCKED)).isZero();
        waits.ended(acme);
        assertThat(waits.count(WaitReason.NO_CONNECTION)).isZero();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}

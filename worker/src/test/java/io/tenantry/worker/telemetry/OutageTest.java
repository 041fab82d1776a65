package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tenantry.worker.stack.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class OutageTest {
    private final ManualClock clock = new ManualClock();
    private final List<Boolean> told = new ArrayList<>();
    private final Outage outage = new Outage("server main", "its tenants wait", clock, clock::nanoTime, told::add);
    private final Logger logger = (Logger) LoggerFactory.getLogger(Outage.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setAdditive(true);
    }

    @Test
    void isNotAwayAtFirst() {
        assertThat(outage.pause()).isEmpty();
        assertThat(outage.since()).isEmpty();
        outage.back();

        assertThat(told).isEmpty();
        assertThat(log.list).isEmpty();
    }

    @Test
    void isLeftAloneForAPauseThatRunsOut() {
        outage.away("connection refused");
        assertThat(outage.pause()).contains(Duration.ofMillis(200));

        clock.advance(Duration.ofMillis(150));
        assertThat(outage.pause()).contains(Duration.ofMillis(50));
        clock.advance(Duration.ofMillis(50));
        assertThat(outage.pause()).isEmpty();
        assertThat(outage.since()).isPresent();
    }

    @Test
    void onlyOneAtATimeTriesWhetherItIsBack() {
        outage.away("connection refused");
        clock.advance(Duration.ofMillis(200));
        assertThat(outage.pause()).isEmpty();

        assertThat(outage.pause()).isPresent();

        outage.back();
        assertThat(outage.pause()).isEmpty();
        assertThat(outage.pause()).isEmpty();
    }

    @Test
    void thePausesDoubleUpToFiveSeconds() {
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            outage.away("connection refused");
            Duration pause = outage.pause().orElseThrow();
            pauses.add(pause.toMillis());
            clock.advance(pause);
        }

        assertThat(pauses).containsExactly(200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L, 5000L);
    }

    @Test
    void manyWhoFindItAwayAtOnceDoNotMakeThePauseLonger() {
        outage.away("connection refused");
        clock.advance(Duration.ofMillis(100));
        outage.away("connection refused");
        outage.away("connection refused");

        assertThat(outage.pause()).contains(Duration.ofMillis(100));
    }

    @Test
    void isAwaySinceTheFirstTimeItWasFoundSo() {
        Instant first = clock.instant();
        outage.away("connection refused");
        clock.advance(Duration.ofMinutes(1));
        outage.away("connection refused");

        assertThat(outage.since()).contains(first);
    }

    @Test
    void startsAnewAfterItWasBack() {
        outage.away("connection refused");
        clock.advance(Duration.ofSeconds(1));
        outage.away("connection refused");
        outage.back();
        assertThat(outage.pause()).isEmpty();
        assertThat(outage.since()).isEmpty();

        Instant again = clock.instant();
        outage.away("connection refused");
        assertThat(outage.since()).contains(again);
        assertThat(outage.pause()).contains(Duration.ofMillis(200));
    }

    @Test
    void tellsWhenItGoesAndWhenItIsBackOnceEach() {
        outage.away("connection refused");
        outage.away("connection refused");
        assertThat(told).containsExactly(true);

        outage.back();
        outage.back();
        assertThat(told).containsExactly(true, false);
    }

    @Test
    void saysSoInTheLogAtGrowingIntervals() {
        Instant start = clock.instant();
        List<Long> seconds = new ArrayList<>();
        for (int second = 0; second < 2000; second++) {
            int before = log.list.size();
            outage.away("connection refused");
            if (log.list.size() > before) {
                seconds.add(Duration.between(start, clock.instant()).toSeconds());
            }
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(seconds).containsExactly(0L, 5L, 15L, 35L, 75L, 155L, 315L, 615L, 915L, 1215L, 1515L, 1815L);
        assertThat(log.list).hasSameSizeAs(seconds);
    }

    @Test
    void theLogNamesWhatIsAwayWhyAndWhatFollows() {
        outage.away("connection refused");

        assertThat(log.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.WARN);
            assertThat(line.getFormattedMessage())
                    .contains("server main is away since 2026-01-01T00:00:00Z")
                    .contains("connection refused")
                    .contains("its tenants wait")
                    .contains("next message in 5 s");
        });
    }

    @Test
    void saysOnceThatItIsBackAndForHowLongItWasAway() {
        outage.away("connection refused");
        clock.advance(Duration.ofSeconds(42));
        outage.back();
        outage.back();

        assertThat(log.list).hasSize(2);
        assertThat(log.list.get(1).getLevel()).isEqualTo(Level.INFO);
        assertThat(log.list.get(1).getFormattedMessage()).isEqualTo("server main is back after 42 s");
    }

    @Test
    void theNextOutageIsInTheLogAtOnce() {
        outage.away("connection refused");
        outage.back();
        outage.away("connection reset");

        assertThat(log.list).hasSize(3);
        assertThat(log.list.get(2).getFormattedMessage()).contains("connection reset", "next message in 5 s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-PT1H", "PT1H"})
    void aStepOfTheTimeOfDayChangesNoPause(Duration step) {
        outage.away("connection refused");
        clock.step(step);
        assertThat(outage.pause()).contains(Duration.ofMillis(200));

        clock.advance(Duration.ofMillis(200));
        assertThat(outage.pause()).isEmpty();
        clock.step(step);
        outage.away("connection refused");
        assertThat(outage.pause()).contains(Duration.ofMillis(400));
        clock.advance(Duration.ofMillis(400));
        assertThat(outage.pause()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-PT1H", "PT1H"})
    void aStepOfTheTimeOfDayChangesNeitherTheIntervalOfTheLogNorTheLength(Duration step) {
        outage.away("connection refused");
        clock.step(step);
        outage.away("connection refused");
        assertThat(log.list).hasSize(1);
        clock.advance(Duration.ofSeconds(5));
        outage.away("connection refused");
        assertThat(log.list).hasSize(2);

        outage.back();
        assertThat(log.list.get(2).getFormattedMessage()).isEqualTo("server main is back after 5 s");
    }
}

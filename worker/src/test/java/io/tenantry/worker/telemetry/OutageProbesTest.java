package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.ManualClock;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A worker that nobody asks to do anything becomes ready when what it found away is back, and not before. */
class OutageProbesTest {
    private final ManualClock clock = new ManualClock();
    private final Health health = new Health();
    private final Outages outages = new Outages(health, clock, clock::nanoTime);
    private final Outage server = outages.of("server main", "its tenants wait", Health.Condition.SERVERS);
    private final Outage other = outages.of("server other", "its tenants wait", Health.Condition.SERVERS);
    private final List<Error> fatal = new ArrayList<>();
    private final OutageProbes probes = new OutageProbes(fatal::add);
    private OutageProbe.Answer answer = new OutageProbe.Answer.Away("connection refused");
    private int asked;

    @BeforeEach
    void start() {
        health.ready(true);
        probes.add(server, () -> {
            asked++;
            return answer;
        });
    }

    @AfterEach
    void close() {
        probes.close();
    }

    @Test
    void staysNotReadyWhileItIsAwayAndBecomesReadyWhenItIsBack() {
        server.away("connection refused");
        pass(Duration.ofMinutes(10));
        assertThat(health.isReady()).isFalse();

        answer = new OutageProbe.Answer.Back();
        pass(Duration.ofSeconds(10));

        assertThat(health.isReady()).isTrue();
        int before = asked;
        pass(Duration.ofMinutes(1));
        assertThat(asked).as("what is there is not asked").isEqualTo(before);
    }

    @Test
    void asksLessAndLessOften() {
        server.away("connection refused");

        pass(Duration.ofMinutes(1));
        int first = asked;
        pass(Duration.ofMinutes(9));

        assertThat(first).isBetween(7, 12);
        assertThat(asked - first).as("every 8 s or 9 s").isBetween(55, 70);
    }

    @Test
    void doesNotAskWhileRequestsTry() {
        server.away("connection refused");

        for (int second = 0; second < 600; second++) {
            pass(Duration.ofSeconds(1));
            if (server.pause().isEmpty()) {
                server.away("connection refused");
            }
        }

        assertThat(asked).isZero();
    }

    /** As with a request that was abandoned while it waited for the answer. */
    @Test
    void asksWhenTheOneThatMayTryDoesNotReport() {
        server.away("connection refused");
        clock.advance(Duration.ofSeconds(1));
        assertThat(server.pause()).isEmpty();

        answer = new OutageProbe.Answer.Back();
        pass(Duration.ofSeconds(15));

        assertThat(health.isReady()).isTrue();
    }

    /** A worker without connections, for example: it asks when it has some. */
    @Test
    void asksAgainWhenItCouldNotAsk() {
        server.away("connection refused");
        answer = new OutageProbe.Answer.Unasked();
        pass(Duration.ofMinutes(1));
        assertThat(health.isReady()).isFalse();

        answer = new OutageProbe.Answer.Back();
        pass(Duration.ofSeconds(15));

        assertThat(health.isReady()).isTrue();
    }

    @Test
    void aRequestMayTryAtOnceAfterNobodyCouldAsk() {
        server.away("connection refused");
        answer = new OutageProbe.Answer.Unasked();

        pass(Duration.ofSeconds(4));

        assertThat(asked).isEqualTo(1);
        assertThat(server.pause()).isEmpty();
    }

    @Test
    void asksEvery4SecondsWhileItCannotAsk() {
        server.away("connection refused");
        answer = new OutageProbe.Answer.Unasked();

        pass(Duration.ofSeconds(40));

        assertThat(asked).isBetween(9, 14);
    }

    @Test
    void doesNotAskWhileTheProbeBeforeWaitsForItsAnswer() {
        int[] meanwhile = {0};
        probes.add(other, () -> {
            meanwhile[0] += countDue(Duration.ofSeconds(30));
            return new OutageProbe.Answer.Away("no answer");
        });
        other.away("connection refused");

        pass(Duration.ofSeconds(4));

        assertThat(meanwhile[0]).isZero();
        assertThat(other.length()).contains(Duration.ofSeconds(34));
        assertThat(countDue(Duration.ofSeconds(10))).as("asks again").isEqualTo(1);
    }

    /** The clock ends when its task throws. */
    @Test
    void goesOnWhenAThreadCannotBeMadeOnce() {
        boolean[] refuses = {true};
        ThreadFactory threads = task -> {
            if (refuses[0]) {
                throw new IllegalStateException("a bug");
            }
            return new Thread(task);
        };
        try (OutageProbes failing = new OutageProbes(fatal::add, threads)) {
            failing.add(other, OutageProbe.Answer.Back::new);
            other.away("connection refused");
            clock.advance(Duration.ofSeconds(5));
            failing.askDue();
            assertThat(other.since()).isPresent();

            refuses[0] = false;
            clock.advance(Duration.ofSeconds(15));
            failing.askDue();

            Await.until(
                    Duration.ofSeconds(30), "it is back", () -> other.since().isEmpty());
        }
        assertThat(fatal).isEmpty();
    }

    @Test
    void anErrorOfTheClockIsFatal() {
        Error error = new OutOfMemoryError("unable to create native thread");
        ThreadFactory threads = task -> {
            throw error;
        };
        try (OutageProbes failing = new OutageProbes(fatal::add, threads)) {
            failing.add(other, OutageProbe.Answer.Back::new);
            other.away("connection refused");
            clock.advance(Duration.ofSeconds(5));

            assertThatThrownBy(failing::askDue).isSameAs(error);
        }
        assertThat(fatal).containsExactly(error);
    }

    /** Of a thread that began its work before the worker lost its place. */
    @Test
    void endsAnOutageThatIsFoundAfterAllAreForgotten() {
        outages.forget();
        server.away("connection refused");

        answer = new OutageProbe.Answer.Back();
        pass(Duration.ofSeconds(10));

        assertThat(health.isReady()).isTrue();
    }

    @Test
    void anExceptionMeansThatItIsAway() {
        boolean[] back = {false};
        probes.add(other, () -> {
            if (!back[0]) {
                throw new ConnectException("refused");
            }
            return new OutageProbe.Answer.Back();
        });
        other.away("connection refused");
        pass(Duration.ofMinutes(1));
        assertThat(health.isReady()).isFalse();

        back[0] = true;
        pass(Duration.ofSeconds(10));

        assertThat(health.isReady()).isTrue();
    }

    @Test
    void whatIsBackHidesNothingThatIsStillAway() {
        probes.add(other, OutageProbe.Answer.Back::new);
        server.away("connection refused");
        other.away("connection refused");

        pass(Duration.ofMinutes(1));

        assertThat(other.since()).isEmpty();
        assertThat(health.conditions()).containsExactly(Health.Condition.SERVERS);
    }

    /** How many probes become due in this time. */
    private int countDue(Duration time) {
        int due = 0;
        for (long second = 0; second < time.toSeconds(); second++) {
            clock.advance(Duration.ofSeconds(1));
            due += probes.due().size();
        }
        return due;
    }

    private void pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            clock.advance(Duration.ofSeconds(1));
            probes.due().forEach(Runnable::run);
        }
    }
}

package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.stack.ManualClock;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    private void pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            clock.advance(Duration.ofSeconds(1));
            probes.due().forEach(Runnable::run);
        }
    }
}

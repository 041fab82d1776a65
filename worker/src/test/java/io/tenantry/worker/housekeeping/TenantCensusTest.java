package io.tenantry.worker.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.worker.registry.VersionCount;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.telemetry.Meters;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TenantCensusTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final List<VersionCount> COUNT =
            List.of(new VersionCount("users", "3", 7), new VersionCount("users", null, 1));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SynchronousQueue<List<VersionCount>> answers = new SynchronousQueue<>();
    private final TenantCensus census =
            new TenantCensus(this::count, new Meters(registry).worker(), error -> {}, Duration.ofMillis(1));

    /** The registry is away for an empty list. */
    private List<VersionCount> count() throws SQLException {
        try {
            List<VersionCount> answer = answers.take();
            if (answer.isEmpty()) {
                throw new SQLException("away");
            }
            return answer;
        } catch (InterruptedException closed) {
            throw new SQLException(closed);
        }
    }

    @AfterEach
    void close() {
        census.close();
    }

    @Test
    void showsWhatTheRegistryHas() throws Exception {
        answer(COUNT);
        answer(COUNT);

        assertThat(registry.get("tenantry.tenants")
                        .tags("database", "users", "version", "3")
                        .gauge()
                        .value())
                .isEqualTo(7);
        assertThat(registry.get("tenantry.tenants")
                        .tags("database", "users", "version", "none")
                        .gauge()
                        .value())
                .isEqualTo(1);
    }

    @Test
    void theLastCountStaysForAWhileWhenTheRegistryIsAway() throws Exception {
        answer(COUNT);
        answer(List.of());
        answer(List.of());
        answer(List.of());
        assertThat(shown()).hasSize(2);

        answer(List.of());

        Await.until(DEADLINE, "nothing is shown", () -> shown().isEmpty());
    }

    @Test
    void countsAgainWhenTheRegistryIsBack() throws Exception {
        for (int failure = 0; failure < 10; failure++) {
            answer(List.of());
        }
        answer(COUNT);

        Await.until(DEADLINE, "the count is shown", () -> shown().size() == 2);
    }

    @Test
    void showsNothingAfterItsEnd() throws Exception {
        answer(COUNT);
        census.close();

        assertThat(shown()).isEmpty();
    }

    private Collection<Gauge> shown() {
        return registry.find("tenantry.tenants").gauges();
    }

    /** Returns when the count before this one is shown. */
    private void answer(List<VersionCount> answer) throws InterruptedException {
        assertThat(answers.offer(answer, DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as("asked within the deadline")
                .isTrue();
    }
}

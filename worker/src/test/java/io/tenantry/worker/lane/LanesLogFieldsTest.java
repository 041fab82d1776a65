package io.tenantry.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.tenantry.worker.config.RetrySettings;
import io.tenantry.worker.stack.CapturedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** The log lines of a task have its fields, and no others. */
class LanesLogFieldsTest {
    private static final Map<String, String> ACME = Map.of("tenant", "acme", "requestId", "1");
    private static final Map<String, String> GLOBEX = Map.of("tenant", "globex");

    @Test
    void aThreadHasTheFieldsOfTheTaskThatItRunsAndForgetsThem() {
        List<Map<String, String>> seen = new CopyOnWriteArrayList<>();
        try (LanesFixture fixture = new LanesFixture(1)) {
            fixture.submit(
                    fixture.bulk("acme", "acme")
                            .logFields(ACME)
                            .then(look(seen, new NextAction.Retry(new IllegalStateException("a test"))))
                            .then(look(seen, new NextAction.Finished())),
                    fixture.bulk("globex", "globex").logFields(GLOBEX).then(look(seen, new NextAction.Finished())));
            fixture.awaitIdle();
            fixture.submit(fixture.bulk("none", "none").then(look(seen, new NextAction.Finished())));
            fixture.awaitIdle();
        }

        assertThat(seen).containsExactlyInAnyOrder(ACME, GLOBEX, ACME, Map.of());
        assertThat(seen.get(3)).isEmpty();
    }

    @Test
    void aThreadHasNoFieldsAfterATask() {
        AttemptRunner attempts =
                new AttemptRunner(new Backoff(new RetrySettings(3, Duration.ofMillis(1), Duration.ofMillis(1), null)));

        attempts.run(
                new Lane.Queued(new FakeTask("acme", "acme", Task.Priority.BULK, new ArrayList<>()).logFields(ACME)));

        assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
    }

    @Test
    void whatATaskThrowsIsLoggedWithItsFields() {
        try (CapturedLog log = new CapturedLog(AttemptRunner.class, Level.INFO);
                LanesFixture fixture = new LanesFixture(1)) {
            fixture.submit(fixture.bulk("acme", "acme").logFields(ACME).then(() -> {
                throw new IllegalStateException("a bug");
            }));
            fixture.awaitIdle();

            assertThat(log.events())
                    .singleElement()
                    .extracting(ILoggingEvent::getMDCPropertyMap)
                    .isEqualTo(ACME);
        }
    }

    private static Supplier<NextAction> look(List<Map<String, String>> seen, NextAction then) {
        return () -> {
            Map<String, String> fields = MDC.getCopyOfContextMap();
            seen.add(fields == null ? Map.of() : fields);
            return then;
        };
    }
}

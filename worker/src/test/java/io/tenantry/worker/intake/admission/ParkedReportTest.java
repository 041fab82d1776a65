package io.tenantry.worker.intake.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.stack.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ParkedReportTest {
    private final ManualClock clock = new ManualClock();
    private final Admission admission = new Admission(
            request -> Set.of(request.key().substring(0, 1)),
            new MemoryLimits(new ServerLoad.Limits(1, 1, 1_000_000), 100_000, 100_000),
            clock::nanoTime);
    private final ParkedReport report = new ParkedReport(admission, clock::nanoTime);
    private final Logger logger = (Logger) LoggerFactory.getLogger(ParkedReport.class);
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
    void saysHowManyAreParkedForWhichServersLessAndLessOften() {
        List<String> keys = List.of("a0", "b0", "a1", "a2", "b1");
        for (int offset = 0; offset < keys.size(); offset++) {
            read(keys.get(offset), offset);
        }

        seconds(9);
        assertThat(log.list).isEmpty();
        seconds(71);

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .hasSize(4)
                .last()
                .asString()
                .startsWith("3 requests are parked, some for 80 s: 1 for signups b, 2 for signups a;");

        admission.drop(Set.of(new TopicPartition("topic", 0)));
        seconds(100);
        assertThat(log.list).hasSize(4);
    }

    private void seconds(int seconds) {
        for (int i = 0; i < seconds; i++) {
            report.look();
            clock.advance(Duration.ofSeconds(1));
        }
        report.look();
    }

    private void read(String key, long offset) {
        var unused = admission.admit(
                new ConsumerRecord<>("topic", 0, offset, key.getBytes(UTF_8), new byte[1]),
                new Request(
                        new RequestRef(key, "/test", "type", "topic", 0, offset),
                        new TenantCreated(key, List.of(), Map.of()),
                        null,
                        0));
    }
}

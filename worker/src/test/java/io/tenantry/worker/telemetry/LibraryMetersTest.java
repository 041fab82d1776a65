package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.Measurable;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LibraryMetersTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LibraryMeters libraries = new LibraryMeters(registry);

    @AfterEach
    void close() {
        libraries.close();
    }

    @Test
    void aProducerThatTakesThePlaceOfAnotherOneIsMeasured() {
        LibraryMeters.Bound first = libraries.producer(producer(1));
        first.close();
        LibraryMeters.Bound second = libraries.producer(producer(2));

        Await.until(DEADLINE, "the second one is measured", () -> value() == 2);
        second.close();
        Await.until(DEADLINE, "none is measured", () -> registry.getMeters().isEmpty());
    }

    @Test
    void theJvmIsMeasured() {
        libraries.jvm();

        Await.until(
                DEADLINE,
                "the last binder has run",
                () -> registry.find("process.files.open").gauge() != null);
        assertThat(registry.find("jvm.memory.used").gauges()).isNotEmpty();
    }

    private double value() {
        return registry.get("kafka.producer.buffer.available.bytes").gauge().value();
    }

    private static Producer<?, ?> producer(int bufferBytes) {
        MetricName name =
                new MetricName("buffer-available-bytes", "producer-metrics", "", Map.of("client-id", "producer"));
        KafkaMetric metric = new KafkaMetric(
                new Object(), name, (Measurable) (config, now) -> bufferBytes, new MetricConfig(), Time.SYSTEM);
        return ClientMetrics.of(Producer.class, () -> Map.of(name, metric));
    }
}

package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.Measurable;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.Test;

class ClientMetricsTest {
    private static final String FETCH = "consumer-fetch-manager-metrics";
    private static final Map<String, String> CLIENT = Map.of("client-id", "c");

    @Test
    void showsTheClientAsAWholeAndNotItsPartsAndRates() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Map<MetricName, KafkaMetric> all = Stream.of(
                        new MetricName("bytes-consumed-total", FETCH, "", CLIENT),
                        new MetricName("bytes-consumed-rate", FETCH, "", CLIENT),
                        new MetricName("bytes-consumed-total", FETCH, "", Map.of("client-id", "c", "topic", "t")),
                        new MetricName(
                                "records-lag", FETCH, "", Map.of("client-id", "c", "topic", "t", "partition", "1")),
                        new MetricName(
                                "incoming-byte-total",
                                "consumer-node-metrics",
                                "",
                                Map.of("client-id", "c", "node-id", "node-1")))
                .collect(Collectors.toMap(name -> name, ClientMetricsTest::metric));

        try (KafkaClientMetrics binder = new KafkaClientMetrics(ClientMetrics.of(Consumer.class, () -> all))) {
            binder.bindTo(registry);

            assertThat(registry.getMeters()).singleElement().satisfies(meter -> {
                assertThat(meter.getId().getName()).isEqualTo("kafka.consumer.fetch.manager.bytes.consumed.total");
                assertThat(meter.getId().getTags())
                        .extracting(Tag::getKey)
                        .containsExactlyInAnyOrder("client.id", "kafka.version");
            });
        }
    }

    @Test
    void nothingElseOfTheClientCanBeUsed() {
        Consumer<?, ?> view = ClientMetrics.of(Consumer.class, Map::of);

        assertThatThrownBy(view::wakeup)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("wakeup");
    }

    private static KafkaMetric metric(MetricName name) {
        return new KafkaMetric(new Object(), name, (Measurable) (config, now) -> 1, new MetricConfig(), Time.SYSTEM);
    }
}

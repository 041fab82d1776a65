package io.tenantry.worker.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows the work that waits for this worker, in all and by partition. What is not known is not shown: a query that adds
 * up workers would take a 0 for an answer, and a NaN would spoil the sum. Safe for use by any thread; the values are
 * asked for at every scrape, by the scraping thread.
 */
public final class BacklogMeters implements AutoCloseable {
    /**
     * A partition.
     *
     * @param unread records in Kafka that were not read yet
     * @param position the offset that is read next
     */
    public record Row(String topic, int partition, DoubleSupplier unread, DoubleSupplier position) {
        private Tags tags() {
            return Tags.of("topic", topic, "partition", Integer.toString(partition));
        }
    }

    /**
     * What is shown.
     *
     * @param total requests that were received and are not settled, and records that wait in Kafka; the first one that is
     *     shown is kept until nothing is
     * @param partitions the sources of a partition that is shown already are not replaced
     */
    public record View(DoubleSupplier total, List<Row> partitions) {}

    private final MeterRegistry registry;
    private final MultiGauge unread;
    private final MultiGauge position;
    private @Nullable Gauge outstanding;
    private boolean closed;

    BacklogMeters(MeterRegistry registry) {
        this.registry = registry;
        this.unread = MultiGauge.builder("tenantry.unread.records")
                .description("Records of this worker's partitions that wait in Kafka and were not read yet")
                .register(registry);
        this.position = MultiGauge.builder("tenantry.position")
                .description("The offset that this worker reads next")
                .register(registry);
    }

    /**
     * Shows what is known now, and nothing else.
     *
     * @param now empty if nothing is known; called at once, and by one thread at a time, so that an older answer never
     *     replaces a newer one
     */
    public synchronized void show(Supplier<Optional<View>> now) {
        if (!closed) {
            now.get().ifPresentOrElse(this::show, this::hide);
        }
    }

    private void show(View view) {
        unread.register(
                view.partitions().stream()
                        .map(row ->
                                MultiGauge.Row.of(row.tags(), () -> row.unread().getAsDouble()))
                        .toList(),
                false);
        position.register(
                view.partitions().stream()
                        .map(row -> MultiGauge.Row.of(
                                row.tags(), () -> row.position().getAsDouble()))
                        .toList(),
                false);
        if (outstanding == null) {
            outstanding = Gauge.builder("tenantry.outstanding.requests", view.total()::getAsDouble)
                    .description(
                            "Requests that this worker has received and not settled, and records that wait in Kafka"
                                    + " in its partitions")
                    .register(registry);
        }
    }

    private void hide() {
        unread.register(List.of(), false);
        position.register(List.of(), false);
        if (outstanding != null) {
            registry.remove(outstanding);
            outstanding = null;
        }
    }

    /** Shows nothing from now on. */
    @Override
    public synchronized void close() {
        hide();
        closed = true;
    }
}

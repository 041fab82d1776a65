package io.tenantry.worker.intake;

import io.tenantry.worker.telemetry.Outage;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.jspecify.annotations.Nullable;

/**
 * Detects that no broker is connected. The client itself does not report it, and reconnects without end. For the poll
 * thread alone.
 */
final class KafkaWatch {
    private final Consumer<byte[], byte[]> consumer;
    private final Outage outage;
    private @Nullable Metric connections;
    private boolean wasConnected;

    KafkaWatch(Consumer<byte[], byte[]> consumer, Outage outage) {
        this.consumer = consumer;
        this.outage = outage;
    }

    /** After every poll. */
    void look() {
        if (connected()) {
            wasConnected = true;
            outage.back();
        } else if (wasConnected) {
            away("no connection to any broker");
        }
    }

    /** A poll or what follows it failed. Waits 100 ms, so that the loop does not spin. */
    void failed(KafkaException failure) {
        away(failure.getClass().getSimpleName() + ": " + failure.getMessage());
        LockSupport.parkNanos(100_000_000);
    }

    private void away(String reason) {
        outage.away(reason);
    }

    private boolean connected() {
        Metric metric = connections;
        if (metric == null) {
            metric = consumer.metrics().values().stream()
                    .filter(candidate -> candidate.metricName().name().equals("connection-count"))
                    .findFirst()
                    .orElse(null);
            connections = metric;
        }
        return metric == null || (metric.metricValue() instanceof Number count && count.doubleValue() > 0);
    }
}

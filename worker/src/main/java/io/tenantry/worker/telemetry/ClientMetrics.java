package io.tenantry.worker.telemetry;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * What is shown of the metrics of a Kafka client: those of the client as a whole. Those of single partitions, topics and
 * brokers are thousands with many partitions. Rates are left out, because Prometheus computes them from totals.
 */
final class ClientMetrics {
    private static final Set<String> LABELS = Set.of("client-id");
    private static final String INFO = "app-info";
    /** The version of the client, with which Micrometer labels the other metrics. */
    private static final String VERSION = "version";

    private ClientMetrics() {}

    /**
     * A client that can only be asked for the metrics that are shown: Micrometer takes a client, and no other thread may
     * use more of it than {@code metrics}, which is safe for use by many threads.
     *
     * @param type {@code Consumer} or {@code Producer}
     * @param all the metrics of the client
     */
    static <C> C of(Class<C> type, Supplier<Map<MetricName, ? extends Metric>> all) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (client, method, arguments) -> answer(method, all)));
    }

    private static Object answer(Method method, Supplier<Map<MetricName, ? extends Metric>> all) {
        if (!method.getName().equals("metrics")) {
            throw new UnsupportedOperationException(method.getName() + " is not for the thread that reads metrics");
        }
        Map<MetricName, Metric> shown = new HashMap<>();
        all.get().forEach((name, metric) -> {
            if (isShown(name)) {
                shown.put(name, metric);
            }
        });
        return shown;
    }

    private static boolean isShown(MetricName name) {
        if (name.group().equals(INFO)) {
            return name.name().equals(VERSION);
        }
        return LABELS.containsAll(name.tags().keySet()) && !name.name().endsWith("-rate");
    }
}

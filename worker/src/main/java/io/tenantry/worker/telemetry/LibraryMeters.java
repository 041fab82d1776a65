package io.tenantry.worker.telemetry;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.micrometer.tagged.TaggedBulkheadMetricsPublisher;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The meters of libraries and of the JVM. A thread of its own binds and removes them: that takes a while, and neither the
 * start of a worker nor the poll thread waits for it. Safe for use by any thread.
 */
public final class LibraryMeters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryMeters.class);

    private final MeterRegistry registry;
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "library-meters");
        made.setDaemon(true);
        return made;
    });

    /** Meters of something that may end before the worker does. */
    public interface Bound extends AutoCloseable {
        /** Removes them. Returns at once. */
        @Override
        void close();
    }

    LibraryMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Binds the meters of the JVM and of the process. */
    public void jvm() {
        later(() -> List.of(
                        new JvmMemoryMetrics(),
                        garbageCollection,
                        new JvmThreadMetrics(),
                        new ClassLoaderMetrics(),
                        new ProcessorMetrics(),
                        new UptimeMetrics(),
                        new FileDescriptorMetrics())
                .forEach(binder -> binder.bindTo(registry)));
    }

    /** Binds the meters of a server's bulkhead. */
    public void bulkhead(Bulkhead bulkhead) {
        later(() -> new TaggedBulkheadMetricsPublisher(registry).publishMetrics(bulkhead));
    }

    /** Binds the meters of a consumer, of which only {@code metrics} is called. */
    public Bound consumer(Consumer<?, ?> consumer) {
        return bind(new KafkaClientMetrics(ClientMetrics.of(Consumer.class, consumer::metrics)));
    }

    /** Binds the meters of a producer, of which only {@code metrics} is called. */
    public Bound producer(Producer<?, ?> producer) {
        return bind(new KafkaClientMetrics(ClientMetrics.of(Producer.class, producer::metrics)));
    }

    private Bound bind(KafkaClientMetrics client) {
        later(() -> client.bindTo(registry));
        return () -> later(client::close);
    }

    private void later(Runnable work) {
        try {
            thread.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException bug) {
                    LOG.warn("a bug: meters of a library are missing", bug);
                }
            });
        } catch (RejectedExecutionException closed) {
            LOG.debug("the worker ends, and its meters with it", closed);
        }
    }

    /** Ends the thread. Meters that are bound stay as they are. */
    @Override
    public void close() {
        later(garbageCollection::close);
        thread.shutdown();
    }
}

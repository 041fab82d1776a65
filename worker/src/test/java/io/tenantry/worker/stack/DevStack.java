package io.tenantry.worker.stack;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka and PostgreSQL, started together. */
public final class DevStack implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DevStack.class);

    private final KafkaBroker kafka;
    private final PostgresServer postgres;
    private final Duration startupTime;

    private DevStack(KafkaBroker kafka, PostgresServer postgres, Duration startupTime) {
        this.kafka = kafka;
        this.postgres = postgres;
        this.startupTime = startupTime;
    }

    /** The one stack of this JVM: started by the first call, closed when the run ends; nobody else closes it. */
    public static DevStack shared() {
        return SharedStack.get();
    }

    /** Starts a stack of its own, which the caller closes; at the latest it ends with this JVM. */
    public static DevStack start() {
        return start(Map.of());
    }

    /** The same, with settings of PostgreSQL that replace or add to those of tests. */
    public static DevStack start(Map<String, String> postgresSettings) {
        return start(Map.of(), postgresSettings);
    }

    /** The same, with settings of Kafka as {@link KafkaBroker#start} takes them. */
    public static DevStack start(Map<String, String> kafkaSettings, Map<String, String> postgresSettings) {
        long begin = System.nanoTime();
        CompletableFuture<KafkaBroker> kafka = CompletableFuture.supplyAsync(() -> KafkaBroker.start(kafkaSettings));
        CompletableFuture<PostgresServer> postgres =
                CompletableFuture.supplyAsync(() -> PostgresServer.start(postgresSettings));
        try {
            CompletableFuture.allOf(kafka, postgres).join();
        } catch (CompletionException e) {
            // Both have ended by now, so whichever did start is known and can be closed.
            closeIfStarted(kafka);
            closeIfStarted(postgres);
            throw new IllegalStateException("the development stack did not start", e.getCause());
        }
        DevStack stack = new DevStack(kafka.join(), postgres.join(), Duration.ofNanos(System.nanoTime() - begin));
        Runtime.getRuntime().addShutdownHook(new Thread(stack::close, "close-dev-stack"));
        LOG.info(
                "{} Kafka at {} and PostgreSQL at port {} are ready after {} ms",
                ServerKind.selected(),
                stack.kafka.bootstrapServers(),
                stack.postgres.port(),
                stack.startupTime.toMillis());
        return stack;
    }

    private static void closeIfStarted(CompletableFuture<? extends AutoCloseable> server) {
        if (server.isCompletedExceptionally()) {
            return;
        }
        try {
            server.join().close();
        } catch (Exception e) {
            LOG.warn("a server of the development stack did not close; the end of this process ends it too", e);
        }
    }

    public KafkaBroker kafka() {
        return kafka;
    }

    public PostgresServer postgres() {
        return postgres;
    }

    /** From the call of {@link #start()} until both servers answered. */
    public Duration startupTime() {
        return startupTime;
    }

    /** The processes of this machine that the stack consists of; none when it runs in containers. */
    public List<Long> pids() {
        return Stream.concat(kafka.pids().stream(), postgres.pids().stream()).toList();
    }

    /** Ends both servers and deletes their data; safe to call twice. */
    @Override
    public void close() {
        try {
            kafka.close();
        } finally {
            postgres.close();
        }
    }
}

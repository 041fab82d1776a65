package io.tenantry.worker.stack;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.kafka.KafkaContainer;

/** A KRaft broker in a container of Kafka's own image. */
final class ContainerKafkaBroker implements KafkaBroker {
    /** The module's listener for clients. */
    private static final int PORT = 9092;
    /** The main process is the module's script, which passes no signal on. */
    private static final String PROCESS = "java";

    private final FixedPortContainer container;
    private final String address;
    private boolean closed;

    private ContainerKafkaBroker(FixedPortContainer container, String address) {
        this.container = container;
        this.address = address;
    }

    static ContainerKafkaBroker start(Map<String, String> more) {
        int port = FreePort.pick();
        String address = FixedPortContainer.host() + ":" + port;
        KafkaContainer kafka = new KafkaContainer(ServerImages.KAFKA);
        kafka.withEnv("KAFKA_LOG_DIRS", "/tmp/kafka-data");
        BrokerSettings.forTests(more).forEach((name, value) -> kafka.withEnv(variable(name), value));
        ContainerKafkaBroker broker = new ContainerKafkaBroker(FixedPortContainer.start(kafka, port, PORT), address);
        broker.awaitReady();
        return broker;
    }

    /** The image's way to name a setting: https://hub.docker.com/r/apache/kafka */
    private static String variable(String setting) {
        return "KAFKA_" + setting.replace("_", "__").replace(".", "_").toUpperCase(Locale.ROOT);
    }

    private void awaitReady() {
        BrokerProbe.awaitAnswer(address, container::isRunning);
        if (!container.isRunning()) {
            IllegalStateException failure = container.failure("the Kafka container ended while it started");
            close();
            throw failure;
        }
    }

    @Override
    public String bootstrapServers() {
        return address;
    }

    @Override
    public List<Detour> detours() {
        return List.of();
    }

    /** Broker and controller are one process. */
    @Override
    public boolean recoversFromCrash() {
        return false;
    }

    @Override
    public synchronized void stop() {
        resume();
        container.stop(Signal.TERM, PROCESS);
    }

    @Override
    public synchronized void kill() {
        resume();
        container.stop(Signal.KILL);
    }

    @Override
    public synchronized void pause() {
        if (!container.isPaused()) {
            container.pause();
        }
    }

    @Override
    public synchronized void resume() {
        if (container.isPaused()) {
            container.resume();
        }
    }

    @Override
    public synchronized void startAgain() {
        container.startAgain();
        awaitReady();
    }

    @Override
    public Optional<Path> data() {
        return Optional.empty();
    }

    @Override
    public List<Long> pids() {
        return List.of();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            container.close();
        }
    }
}

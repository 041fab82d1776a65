package io.tenantry.worker.stack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.kafka.KafkaContainer;

/** A KRaft broker in a container of Kafka's own image. */
final class ContainerKafkaBroker implements KafkaBroker {
    /** The module's listener for clients. */
    private static final int PORT = 9092;
    /** The ports of the detours in the container follow this one. */
    private static final int BEFORE_DETOURS = 9100;

    private static final int DETOURS = 3;
    /** The main process is the module's script, which passes no signal on. */
    private static final String PROCESS = "java";

    private final FixedPortContainer container;
    private final String address;
    private final List<Detour> detours;
    private boolean closed;

    private ContainerKafkaBroker(FixedPortContainer container, String address, List<Detour> detours) {
        this.container = container;
        this.address = address;
        this.detours = detours;
    }

    static ContainerKafkaBroker start(Map<String, String> more) {
        int port = FreePort.pick();
        Map<Integer, Integer> ports = new HashMap<>(Map.of(PORT, port));
        List<Detour> detours = new ArrayList<>();
        KafkaContainer kafka = new KafkaContainer(ServerImages.KAFKA);
        kafka.withEnv("KAFKA_LOG_DIRS", "/tmp/kafka-data");
        BrokerSettings.forTests(more).forEach((name, value) -> kafka.withEnv(variable(name), value));
        for (int inside = BEFORE_DETOURS + 1; inside <= BEFORE_DETOURS + DETOURS; inside++) {
            // The proxy listens on this machine, wherever the container runs.
            int outside = FreePort.pick();
            Detour detour = new Detour("127.0.0.1:" + FreePort.pick(), address(outside));
            kafka.withListener("0.0.0.0:" + inside, detour::advertised);
            ports.put(inside, outside);
            detours.add(detour);
        }
        ContainerKafkaBroker broker =
                new ContainerKafkaBroker(FixedPortContainer.start(kafka, ports), address(port), detours);
        broker.awaitReady();
        return broker;
    }

    private static String address(int port) {
        return FixedPortContainer.host() + ":" + port;
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
        return detours;
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

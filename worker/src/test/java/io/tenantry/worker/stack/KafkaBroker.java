package io.tenantry.worker.stack;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One Kafka broker with one address for its whole life, which tests may stop, kill, pause and start again. */
public interface KafkaBroker extends AutoCloseable {

    /**
     * Starts a broker of the kind that this run uses, and waits until it answers.
     *
     * @param settings broker settings that are added to those of {@link BrokerSettings}, or replace them; listeners are
     *     added, in a process of this machine only
     */
    static KafkaBroker start(Map<String, String> settings) {
        return ServerKind.selected().startKafka(settings);
    }

    /** Host and port, the same after every restart. */
    String bootstrapServers();

    /**
     * One more way in, for a proxy of a test: a proxy that listens at the one address and passes on to the other stands
     * between the broker and all clients that were given the first as bootstrap server.
     *
     * @param advertised what the broker tells these clients, "host:port"; nobody listens there by itself
     * @param listens where the broker takes what is passed on, "host:port"
     */
    record Detour(String advertised, String listens) {}

    /** Some, each for one proxy at a time. */
    List<Detour> detours();

    /** Stops the broker as SIGTERM does: it leaves in order, and its data stays. */
    void stop();

    /** Ends the broker as a crash does, by SIGKILL; its data stays. */
    void kill();

    /**
     * Whether it comes back from {@link #kill} with its transactions as they were; one whose controller is killed with it
     * does not: see {@link ControllerAlone}.
     */
    boolean recoversFromCrash();

    /** Freezes the broker: connections stay open, nothing answers. */
    void pause();

    /** Lets a paused broker go on. */
    void resume();

    /** Starts the stopped or killed broker on its data and its address, and waits until it answers. */
    void startAgain();

    default void restart() {
        stop();
        startAgain();
    }

    /** The processes of this machine that the broker consists of; empty when it runs in a container. */
    List<Long> pids();

    /** The folder of its logs, one folder in it for each partition; empty when it runs in a container. */
    Optional<Path> data();

    /** Ends the broker and deletes its data; safe to call twice. */
    @Override
    void close();
}

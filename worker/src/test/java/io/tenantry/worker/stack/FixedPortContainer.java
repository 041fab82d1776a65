package io.tenantry.worker.stack;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/** A container that can be stopped and started in place: it keeps its data and its ports on the Docker host. */
final class FixedPortContainer implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final Duration KILLED = Duration.ofSeconds(10);

    private final GenericContainer<?> container;

    private FixedPortContainer(GenericContainer<?> container) {
        this.container = container;
    }

    /**
     * Starts a container.
     *
     * @param ports the port of {@link #host()} by the port in the container
     */
    static FixedPortContainer start(GenericContainer<?> container, Map<Integer, Integer> ports) {
        // Where it is enough, nobody but this machine can connect.
        String from = host().equals(LOOPBACK) ? LOOPBACK + ":" : "";
        container.setPortBindings(ports.entrySet().stream()
                .map(port -> from + port.getValue() + ":" + port.getKey())
                .toList());
        container.start();
        return new FixedPortContainer(container);
    }

    /** The address of the Docker host, as this machine sees it. */
    static synchronized String host() {
        DockerClientFactory docker = DockerClientFactory.instance();
        // Testcontainers answers the second question only when it was asked the first.
        docker.client();
        String host = docker.dockerHostIpAddress();
        return host.equals("localhost") ? LOOPBACK : host;
    }

    /** Sends a signal to the container's main process and waits for its end, which SIGKILL enforces. */
    void stop(Signal signal) {
        if (isRunning()) {
            send(signal);
            awaitEnd();
        }
    }

    /** The same with a process of this name, after whose end the main one ends. */
    void stop(Signal signal, String process) {
        if (isRunning()) {
            try {
                container.execInContainer("pkill", "-" + signal.name(), process);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
                return;
            }
            awaitEnd();
        }
    }

    private void awaitEnd() {
        try {
            Await.until(STOP, "container " + id() + " stops", () -> !isRunning());
        } catch (AssertionError late) {
            send(Signal.KILL);
            Await.until(KILLED, "container " + id() + " is killed", () -> !isRunning());
        }
    }

    private void send(Signal signal) {
        docker().killContainerCmd(id()).withSignal(signal.name()).exec();
    }

    void startAgain() {
        docker().startContainerCmd(id()).exec();
    }

    void pause() {
        docker().pauseContainerCmd(id()).exec();
    }

    void resume() {
        docker().unpauseContainerCmd(id()).exec();
    }

    boolean isRunning() {
        return Boolean.TRUE.equals(
                docker().inspectContainerCmd(id()).exec().getState().getRunning());
    }

    boolean isPaused() {
        return Boolean.TRUE.equals(
                docker().inspectContainerCmd(id()).exec().getState().getPaused());
    }

    /** A failure that shows the end of the container's log. */
    IllegalStateException failure(String what) {
        String log = container.getLogs();
        return new IllegalStateException(
                what + "; end of its log:\n" + log.substring(Math.max(0, log.length() - 4_000)));
    }

    private DockerClient docker() {
        return container.getDockerClient();
    }

    private String id() {
        return container.getContainerId();
    }

    @Override
    public void close() {
        container.close();
    }
}

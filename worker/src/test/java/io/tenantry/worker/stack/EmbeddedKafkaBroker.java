package io.tenantry.worker.stack;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A KRaft broker in a {@link ChildJvm}, formatted in a temporary folder, on free ports of 127.0.0.1. */
final class EmbeddedKafkaBroker implements KafkaBroker {
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final List<String> SMALL_AND_QUICK_TO_START = List.of(
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=kafka-broker-logback.xml");

    private static final int DETOURS = 3;

    private final Folder folder;
    private final String address;
    private final List<Detour> detours;
    private ChildJvm process;
    private @Nullable DeadManSwitch pausing;
    private boolean crashed;
    private boolean closed;

    private EmbeddedKafkaBroker(Folder folder, String address, List<Detour> detours) {
        this.folder = folder;
        this.address = address;
        this.detours = detours;
        this.process = launch(List.of());
    }

    static EmbeddedKafkaBroker start(Map<String, String> more) {
        Folder folder = Folder.create("kafka");
        String address = "127.0.0.1:" + FreePort.pick();
        List<Detour> detours = Stream.generate(
                        () -> new Detour("127.0.0.1:" + FreePort.pick(), "127.0.0.1:" + FreePort.pick()))
                .limit(DETOURS)
                .toList();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("log.dirs", data(folder).toString());
        settings.putAll(BrokerSettings.listeners(address, "127.0.0.1:" + FreePort.pick()));
        settings.putAll(BrokerSettings.forTests(Map.of()));
        BrokerSettings.addDetours(settings, detours);
        BrokerSettings.addMore(settings, more);
        write(settings, properties(folder));
        EmbeddedKafkaBroker broker = new EmbeddedKafkaBroker(folder, address, detours);
        broker.awaitReady();
        return broker;
    }

    static Path properties(Folder folder) {
        return folder.resolve("server.properties");
    }

    static Path data(Folder folder) {
        return folder.resolve("data");
    }

    private static void write(Map<String, String> settings, Path file) {
        Properties properties = new Properties();
        properties.putAll(settings);
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ChildJvm launch(List<String> more) {
        List<String> options = new ArrayList<>(SMALL_AND_QUICK_TO_START);
        // Compression libraries are unpacked here, and a killed broker removes nothing.
        options.add("-Djava.io.tmpdir=" + folder.path());
        List<String> arguments = new ArrayList<>(List.of(folder.path().toString()));
        arguments.addAll(more);
        return ChildJvm.start(KafkaBrokerProcess.class, options, arguments, folder.resolve("broker.log"));
    }

    private void awaitReady() {
        try {
            BrokerProbe.awaitAnswer(address, process::isAlive);
        } catch (AssertionError late) {
            throw abandon("the Kafka broker at " + address + " does not answer", late);
        }
        if (!process.isAlive()) {
            throw abandon("the Kafka broker at " + address + " ended while it started", null);
        }
        process.archiveClasses();
    }

    private IllegalStateException abandon(String what, @Nullable Throwable cause) {
        IllegalStateException failure = process.failure(what);
        if (cause != null) {
            failure.initCause(cause);
        }
        close();
        return failure;
    }

    @Override
    public String bootstrapServers() {
        return address;
    }

    @Override
    public List<Detour> detours() {
        return detours;
    }

    @Override
    public boolean recoversFromCrash() {
        return true;
    }

    @Override
    public synchronized void stop() {
        crashed = false;
        resume();
        process.signal(Signal.TERM);
        process.awaitExit(STOP);
    }

    @Override
    public synchronized void kill() {
        crashed = true;
        process.kill();
        disarm();
    }

    @Override
    public synchronized void pause() {
        if (pausing == null) {
            pausing = DeadManSwitch.arm(process.pid(), folder.path());
            process.signal(Signal.STOP);
        }
    }

    @Override
    public synchronized void resume() {
        process.signal(Signal.CONT);
        disarm();
    }

    private void disarm() {
        if (pausing != null) {
            pausing.disarm();
            pausing = null;
        }
    }

    @Override
    public synchronized void startAgain() {
        if (closed || process.isAlive()) {
            throw new IllegalStateException("broker " + address + " is " + (closed ? "closed" : "running")
                    + "; only a stopped or killed one can start again");
        }
        process = launch(crashed ? List.of(KafkaBrokerProcess.AFTER_A_CRASH) : List.of());
        awaitReady();
    }

    @Override
    public Optional<Path> data() {
        return Optional.of(data(folder));
    }

    @Override
    public List<Long> pids() {
        return List.of(process.pid());
    }

    /** Kills: an orderly end would only save data that is deleted next. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            kill();
            folder.delete();
        }
    }
}

package io.tenantry.worker.stack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PostgreSQL from zonky's binaries, held by a {@link PostgresServerProcess}, on a free port of 127.0.0.1. */
final class EmbeddedPostgresServer implements PostgresServer {
    private static final Duration STOP = Duration.ofSeconds(60);
    private static final List<String> SMALL = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Folder folder;
    private final int port;
    private final List<String> settings;
    private ChildJvm holder;
    private boolean closed;

    private EmbeddedPostgresServer(Folder folder, int port, List<String> settings) {
        this.folder = folder;
        this.port = port;
        this.settings = settings;
        this.holder = launch();
    }

    static EmbeddedPostgresServer start(Map<String, String> more) {
        List<String> settings = ServerConfig.forTests(more).entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
        EmbeddedPostgresServer server =
                new EmbeddedPostgresServer(Folder.create("postgres"), FreePort.pick(), settings);
        server.awaitReady();
        return server;
    }

    static Path data(Folder folder) {
        return folder.resolve("data");
    }

    private ChildJvm launch() {
        List<String> arguments = new ArrayList<>();
        arguments.add(folder.path().toString());
        arguments.add(Integer.toString(port));
        arguments.addAll(settings);
        List<String> options = new ArrayList<>(SMALL);
        options.add("-Djava.io.tmpdir=" + folder.path());
        options.addAll(PostgresBinaries.ofProperty().jvmOptions());
        return ChildJvm.start(PostgresServerProcess.class, options, arguments, folder.resolve("postgres.log"));
    }

    private void awaitReady() {
        try {
            PostgresProbe.awaitAnswer(this, holder::isAlive);
        } catch (AssertionError late) {
            throw abandon("PostgreSQL at port " + port + " does not answer", late);
        }
        if (!holder.isAlive()) {
            throw abandon("PostgreSQL at port " + port + " ended while it started", null);
        }
        holder.archiveClasses();
    }

    private IllegalStateException abandon(String what, @Nullable Throwable cause) {
        IllegalStateException failure = holder.failure(what);
        if (cause != null) {
            failure.initCause(cause);
        }
        close();
        return failure;
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public synchronized void stop(ShutdownMode mode) {
        holder.tell(mode.name());
        if (!holder.awaitExit(STOP)) {
            throw holder.failure("PostgreSQL at port " + port + " did not stop in " + STOP.toSeconds() + " s");
        }
    }

    @Override
    public synchronized void startAgain() {
        if (closed || holder.isAlive()) {
            throw new IllegalStateException("PostgreSQL at port " + port + " is " + (closed ? "closed" : "running")
                    + "; only a stopped one can start again");
        }
        holder = launch();
        awaitReady();
    }

    @Override
    public List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        pids.add(holder.pid());
        new Postmaster(data(folder)).pid().ifPresent(pids::add);
        return List.copyOf(pids);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            holder.hangUp();
            holder.awaitExit(STOP);
            folder.delete();
        }
    }
}

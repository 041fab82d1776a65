package io.tenantry.worker.stack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PostgreSQL from zonky's binaries, in a {@link PostgresServerProcess}, on a free port of 127.0.0.1. */
final class EmbeddedPostgresServer implements PostgresServer {
    private static final Duration STOP = Duration.ofSeconds(60);

    private final Folder folder;
    private final int port;
    private final List<String> command;
    private final Postmaster postmaster;
    private ChildProcess process;
    private boolean closed;

    private EmbeddedPostgresServer(Folder folder, int port, List<String> settings) {
        this.folder = folder;
        this.port = port;
        PostgresServerProcess shell = new PostgresServerProcess(folder, PostgresInstallation.find(folder));
        this.command = shell.command(port, settings);
        this.postmaster = new Postmaster(shell.data());
        this.process = launch();
    }

    static EmbeddedPostgresServer start(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(ServerConfig.forTests(more));
        all.put("listen_addresses", "127.0.0.1");
        all.put("unix_socket_directories", "");
        List<String> settings = all.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
        EmbeddedPostgresServer server =
                new EmbeddedPostgresServer(Folder.create("postgres"), FreePort.pick(), settings);
        server.awaitReady();
        return server;
    }

    private ChildProcess launch() {
        return ChildProcess.start(command, folder.resolve("postgres.log"));
    }

    private void awaitReady() {
        try {
            PostgresProbe.awaitAnswer(this, process::isAlive);
        } catch (AssertionError late) {
            throw abandon("PostgreSQL at port " + port + " does not answer", late);
        }
        if (!process.isAlive()) {
            throw abandon("PostgreSQL at port " + port + " ended while it started", null);
        }
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
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public synchronized void stop(ShutdownMode mode) {
        postmaster.stop(mode);
        if (!process.awaitExit(STOP)) {
            throw process.failure("PostgreSQL at port " + port + " did not stop in " + STOP.toSeconds() + " s");
        }
    }

    @Override
    public synchronized void startAgain() {
        if (closed || process.isAlive()) {
            throw new IllegalStateException("PostgreSQL at port " + port + " is " + (closed ? "closed" : "running")
                    + "; only a stopped one can start again");
        }
        process = launch();
        awaitReady();
    }

    @Override
    public List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        pids.add(process.pid());
        postmaster.pid().ifPresent(pids::add);
        return List.copyOf(pids);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            process.hangUp();
            process.awaitExit(STOP);
            folder.delete();
        }
    }
}

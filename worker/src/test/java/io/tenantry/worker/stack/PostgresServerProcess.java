package io.tenantry.worker.stack;

import io.tenantry.worker.stack.PostgresServer.ShutdownMode;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The main class of a small JVM that holds a PostgreSQL server: starts it, and stops it when its parent says so or is
 * gone. PostgreSQL detaches itself from whoever starts it, so without this process it would outlive a killed parent.
 */
final class PostgresServerProcess {
    private static final Duration START = Duration.ofSeconds(60);

    private final Folder folder;
    private final Postmaster postmaster;
    private volatile ShutdownMode mode = ShutdownMode.IMMEDIATE;
    private volatile boolean parentIsGone;

    private PostgresServerProcess(Folder folder) {
        this.folder = folder;
        this.postmaster = new Postmaster(EmbeddedPostgresServer.data(folder));
    }

    /**
     * Reads the name of a {@link ShutdownMode} from standard input: stops the server so and keeps its data. At the end
     * of the input, stops it at once and deletes its folder.
     *
     * @param args the server's folder, its port, then its settings as name=value
     */
    public static void main(String[] args) throws Exception {
        PostgresServerProcess process = new PostgresServerProcess(new Folder(Path.of(args[0])));
        Runtime.getRuntime().addShutdownHook(new Thread(process::shutDown, "stop-postgres"));
        ParentWatch.start(process::stopAsTold, process::stopAlone);
        process.start(Integer.parseInt(args[1]), List.of(args).subList(2, args.length));
        new CountDownLatch(1).await();
    }

    private void stopAsTold(String line) {
        mode = ShutdownMode.valueOf(line);
        System.exit(0);
    }

    private void stopAlone() {
        parentIsGone = true;
        System.exit(0);
    }

    private synchronized void start(int port, List<String> settings) throws IOException {
        PostgresBinaries binaries = PostgresBinaries.ofProperty();
        EmbeddedPostgres.Builder server = EmbeddedPostgres.builder()
                .setDataDirectory(postmaster.data())
                .setOverrideWorkingDirectory(binaries.workingDirectory(folder).toFile())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setLocaleConfig("locale", "C")
                .setPort(port)
                .setPGStartupWait(START)
                .setOutputRedirector(ProcessBuilder.Redirect.INHERIT)
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "''");
        for (String setting : settings) {
            String[] pair = setting.split("=", 2);
            server.setServerConfig(pair[0], shellQuoted(pair[1]));
        }
        server.start();
        binaries.share(folder);
    }

    /** Waits for a start in progress: it cannot be broken off without leaving something behind. */
    private synchronized void shutDown() {
        postmaster.stop(mode);
        if (parentIsGone) {
            folder.delete();
        }
    }

    /** pg_ctl hands the settings to a shell. */
    private static String shellQuoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }
}

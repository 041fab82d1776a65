package io.tenantry.worker.stack;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The main class of a JVM that makes a {@link PostgresInstallation}; it ends with its parent. */
final class PostgresInstaller {
    private static final Duration START = Duration.ofSeconds(60);

    private PostgresInstaller() {}

    /**
     * Unpacks the binaries and makes the data of a new server, both of which zonky does only by starting a server.
     *
     * @param args the folder
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        // The shutdown hook of zonky stops the server.
        ParentWatch.start(line -> {}, () -> System.exit(1));
        EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(folder.toFile())
                .setDataDirectory(PostgresInstallation.newData(folder))
                .setCleanDataDirectory(false)
                .setLocaleConfig("locale", "C")
                .setPGStartupWait(START)
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "''")
                .start()
                .close();
    }
}

package io.tenantry.worker.demo;

import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What a deployment of the worker has on its disk: the settings, the migrations of its release, a log. */
final class DemoFolder implements AutoCloseable {
    /** In the order in which a tenant gets them. */
    static final List<String> DATABASES = List.of("users", "analytics");
    /** The PostgreSQL database of the tenants. */
    static final String APP = "app";
    /** The PostgreSQL database of the registry. */
    static final String CONTROL = "tenantry";

    private final Path path;

    private DemoFolder(Path path) {
        this.path = path;
    }

    static DemoFolder create() {
        try {
            return new DemoFolder(Files.createTempDirectory("tenantry-demo-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The schema of a tenant in a named database. */
    static String location(String database, String tenant) {
        return database + "_" + tenant;
    }

    Path settings() {
        return path.resolve("tenantry.yaml");
    }

    Path workerLog() {
        return path.resolve("worker.log");
    }

    Path migrations(String database) {
        return path.resolve("migrations").resolve(database);
    }

    /** Puts the migrations of the first release in place. */
    void installFirstRelease() {
        DATABASES.forEach(database -> copy(resource("migrations/" + database), migrations(database)));
    }

    /** Adds the migration of the second release. */
    void installSecondRelease() {
        copy(resource("release2/users"), migrations("users"));
    }

    /** @param httpPort where the worker says how it is */
    void writeSettings(DevStack stack, int httpPort) {
        StringBuilder yaml = new StringBuilder()
                .append("kafka:\n  bootstrap-servers: ")
                .append(stack.kafka().bootstrapServers())
                .append("\n  partitions: 6\nregistry:\n")
                .append(login(stack.postgres(), CONTROL, "  "))
                .append("servers:\n  main:\n")
                .append(login(stack.postgres(), APP, "    "))
                .append("    max-connections: 16\ndatabases:\n");
        for (String database : DATABASES) {
            yaml.append("  " + database + ":\n    server: main\n    isolation: schema\n    location: \"")
                    .append(location(database, "{tenant}"))
                    .append("\"\n    migrations: \"filesystem:")
                    .append(migrations(database))
                    .append("\"\n");
        }
        yaml.append("http:\n  port: ").append(httpPort).append('\n');
        try {
            Files.writeString(settings(), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String login(PostgresServer server, String database, String indent) {
        return indent + "url: " + server.jdbcUrl(database) + "\n"
                + indent + "user: " + server.user() + "\n"
                + indent + "password: " + server.password() + "\n";
    }

    private static Path resource(String name) {
        URL found = Objects.requireNonNull(DemoFolder.class.getResource("/demo/" + name), name);
        try {
            return Path.of(found.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.list(from)) {
            Files.createDirectories(to);
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes everything; safe to call twice. */
    @Override
    public void close() {
        try (Stream<Path> tree = Files.exists(path) ? Files.walk(path) : Stream.empty()) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException stillInUse) {
            // It is in the folder for temporary files, and is deleted with them.
        }
    }
}

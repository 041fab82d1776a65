package io.tenantry.worker.postgres.connection;

import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Has a server offer TLS, with a certificate of its own. */
final class Tls {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private Tls() {}

    static void turnOn(PostgresServer postgres) throws SQLException {
        KeyStore store = selfSigned();
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            write(
                    statement,
                    "server.key",
                    "PRIVATE KEY",
                    store.getKey("tls", PASSWORD).getEncoded());
            write(
                    statement,
                    "server.crt",
                    "CERTIFICATE",
                    store.getCertificate("tls").getEncoded());
            statement.execute("ALTER SYSTEM SET ssl = on");
            statement.execute("SELECT pg_reload_conf()");
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
        Await.until(Duration.ofSeconds(30), "the server speaks TLS", () -> {
            String url = postgres.jdbcUrl("postgres") + "?sslmode=require";
            try (Connection tls = DriverManager.getConnection(url, postgres.user(), postgres.password())) {
                return tls.isValid(5);
            }
        });
    }

    /** Where the server looks for it, as a file that only the server can read. */
    private static void write(Statement statement, String file, String type, byte[] content) throws SQLException {
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        String lines = "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----";
        statement.execute("COPY (SELECT regexp_split_to_table('" + lines + "', E'\\n')) TO PROGRAM 'umask 077; cat > "
                + file + "'");
    }

    private static KeyStore selfSigned() {
        try {
            Path folder = Files.createTempDirectory("tls");
            Path file = folder.resolve("keys.p12");
            Process keytool = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-keyalg",
                            "RSA",
                            "-alias",
                            "tls",
                            "-dname",
                            "CN=localhost",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            new String(PASSWORD),
                            "-keystore",
                            file.toString()))
                    .inheritIO()
                    .start();
            if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new IllegalStateException("keytool made no key");
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD);
            }
            Files.delete(file);
            Files.delete(folder);
            return store;
        } catch (IOException | GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}

package io.tenantry.worker.demo;

import io.tenantry.worker.Commands;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ProcessSignals;
import io.tenantry.worker.stack.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The command {@code verify} on an embedded PostgreSQL: {@code mvn -q -Pverify-migrations -Dverify.config=FILE}. All servers of
 * the settings become that one.
 */
public final class VerifyMigrations {
    private VerifyMigrations() {}

    /**
     * Ends with the status of the command.
     *
     * @param args the settings
     */
    public static void main(String[] args) throws Exception {
        Path config = Path.of(args[0]);
        int status;
        try (PostgresServer postgres = PostgresServer.start(Map.of())) {
            status = run(postgres, config, options(System.getProperty("verify.options", "")));
        }
        System.exit(status);
    }

    private static List<String> options(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }

    /** Runs the command; returns its status. */
    static int run(PostgresServer postgres, Path config, List<String> options) throws Exception {
        Properties properties = new Properties();
        for (Object server : servers(config)) {
            properties.setProperty("tenantry.servers." + server + ".url", postgres.jdbcUrl("postgres"));
            properties.setProperty("tenantry.servers." + server + ".user", postgres.user());
            properties.setProperty("tenantry.servers." + server + ".password", postgres.password());
        }
        Environment environment = new Environment(System.getenv(), properties, false, () -> {}, ProcessSignals.NONE);
        List<String> arguments = new ArrayList<>(List.of("verify", "--config", config.toString()));
        arguments.addAll(options);
        return Commands.of(environment, (settings, next) -> {
                    throw new IllegalStateException("no worker runs here");
                })
                .execute(arguments.toArray(String[]::new));
    }

    private static Iterable<?> servers(Path config) throws Exception {
        Object root = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(config));
        return root instanceof Map<?, ?> map && map.get("servers") instanceof Map<?, ?> servers
                ? servers.keySet()
                : List.of();
    }
}

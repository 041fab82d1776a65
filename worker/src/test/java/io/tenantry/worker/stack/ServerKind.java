package io.tenantry.worker.stack;

import java.util.Map;

/** Where the servers of a run come from: the system property {@code tenantry.test.servers} says it. */
public enum ServerKind {
    /** Processes of this machine, from Maven artifacts. */
    EMBEDDED {
        @Override
        KafkaBroker startKafka(Map<String, String> settings) {
            return EmbeddedKafkaBroker.start(settings);
        }

        @Override
        PostgresServer startPostgres(Map<String, String> serverConfig) {
            return EmbeddedPostgresServer.start(serverConfig);
        }
    },
    /** Testcontainers, on the public images. */
    CONTAINERS {
        @Override
        KafkaBroker startKafka(Map<String, String> settings) {
            return ContainerKafkaBroker.start(settings);
        }

        @Override
        PostgresServer startPostgres(Map<String, String> serverConfig) {
            return ContainerPostgresServer.start(serverConfig);
        }
    };

    static final String PROPERTY = "tenantry.test.servers";

    abstract KafkaBroker startKafka(Map<String, String> settings);

    abstract PostgresServer startPostgres(Map<String, String> serverConfig);

    /** The kind of this run, embedded unless the property says otherwise. */
    public static ServerKind selected() {
        String name = System.getProperty(PROPERTY, "embedded");
        return switch (name) {
            case "embedded" -> EMBEDDED;
            case "containers" -> CONTAINERS;
            default ->
                throw new IllegalArgumentException(
                        "system property " + PROPERTY + " is " + name + "; allowed are embedded and containers");
        };
    }
}

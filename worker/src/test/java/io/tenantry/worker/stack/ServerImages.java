package io.tenantry.worker.stack;

/** The public images on which the tests can run, and which docker-compose.yml names too. */
public final class ServerImages {
    public static final String KAFKA = "apache/kafka:4.4.0";
    public static final String POSTGRES = "postgres:18";

    private ServerImages() {}
}

package io.tenantry.worker.telemetry;

import io.tenantry.contracts.RequestRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that writes a few lines to the log. */
final class LogSample {
    /** As a script of a tenant may raise it. */
    static final String FORGED =
            "ERROR: no\r\n2026-01-01T00:00:00.000Z INFO  [main] forged: all is well\u001b[2J\n\n\u2028end";

    private LogSample() {}

    public static void main(String[] args) {
        Logger logger = LoggerFactory.getLogger("io.tenantry.worker.Sample");
        RequestRef ref = new RequestRef("signup/1", "/test", "type", "tenant.created", 3, 42);
        try (var unused = LogFields.of(ref, "acme", "00-1-2-01").open()) {
            logger.info("a \"line\" with {}", "an argument");
        }
        try (var unused =
                LogFields.of(ref.topic(), ref.partition(), ref.offset()).open()) {
            logger.info("refused");
        }
        logger.warn(FORGED, new IllegalStateException(FORGED));
        logger.debug("too fine");
        for (String quiet :
                new String[] {"org.flywaydb", "com.zaxxer.hikari", "org.apache.kafka", "io.smallrye.config"}) {
            LoggerFactory.getLogger(quiet + ".Any").info("not told");
            LoggerFactory.getLogger(quiet + ".Any").error("told by " + quiet);
        }
        LoggerFactory.getLogger("org.apache.kafka.clients.NetworkClient").warn("not told");
        LoggerFactory.getLogger("org.apache.kafka.clients.NetworkClient").error("told by the network client");
        org.jboss.logging.Logger.getLogger("org.jboss.Any").warn("told through " + bridge());
    }

    private static String bridge() {
        return org.jboss.logging.Logger.getLogger("org.jboss.Any").getClass().getSimpleName();
    }
}

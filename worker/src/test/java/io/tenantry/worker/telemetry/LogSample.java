package io.tenantry.worker.telemetry;

import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** A process that writes a few lines to the log. */
final class LogSample {
    private LogSample() {}

    public static void main(String[] args) {
        MDC.put("tenant", "acme");
        LoggerFactory.getLogger("io.tenantry.worker.Sample").info("a \"line\" with {}", "an argument");
        LoggerFactory.getLogger("io.tenantry.worker.Sample").debug("too fine");
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

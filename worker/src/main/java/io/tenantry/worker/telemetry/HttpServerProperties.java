package io.tenantry.worker.telemetry;

import java.util.Map;
import java.util.Properties;

/**
 * The settings of the JDK's HTTP server, which are system properties. The server reads them once, when its classes are
 * loaded: they have no effect if something else in this process, such as an agent, has created a server before. A property that is set on the command line is kept.
 *
 * @see <a href="https://docs.oracle.com/en/java/javase/17/docs/api/jdk.httpserver/module-summary.html">jdk.httpserver</a>
 */
final class HttpServerProperties {
    /** Seconds from the first byte of a request until all of it is there; then the connection is closed. */
    static final int MAX_REQUEST_SECONDS = 5;

    /** Seconds from the end of a request until the client has taken the response; then the connection is closed. */
    static final int MAX_RESPONSE_SECONDS = 20;

    /** Further ones are closed. They would use up file descriptors that Kafka and PostgreSQL need. */
    static final int MAX_CONNECTIONS = 400;

    private static final Map<String, String> VALUES = Map.of(
            // Without it a response on a connection that was used before waits 40 ms for an acknowledgement.
            "sun.net.httpserver.nodelay", "true",
            "jdk.httpserver.maxConnections", Integer.toString(MAX_CONNECTIONS),
            "sun.net.httpserver.maxReqTime", Integer.toString(MAX_REQUEST_SECONDS),
            "sun.net.httpserver.maxRspTime", Integer.toString(MAX_RESPONSE_SECONDS));

    private HttpServerProperties() {}

    /**
     * To be called before the first server is created.
     *
     * @param system {@link System#getProperties}
     */
    static void setIn(Properties system) {
        VALUES.forEach(system::putIfAbsent);
    }
}

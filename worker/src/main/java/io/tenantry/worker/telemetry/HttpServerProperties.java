package io.tenantry.worker.telemetry;

import java.util.Map;
import java.util.Properties;

/**
 * The settings of the JDK's HTTP server, which are system properties. The server reads them once, when its classes are
 * loaded. A property that is set on the command line is kept.
 *
 * @see <a href="https://docs.oracle.com/en/java/javase/17/docs/api/jdk.httpserver/module-summary.html">jdk.httpserver</a>
 */
final class HttpServerProperties {
    /** Seconds from the first byte of a request until all of it is there; then the connection is closed. */
    static final int MAX_REQUEST_SECONDS = 5;

    /** Seconds from the end of a request until the client has taken the response; then the connection is closed. */
    static final int MAX_RESPONSE_SECONDS = 20;

    private static final Map<String, String> VALUES = Map.of(
            // Without it a response on a connection that was used before waits 40 ms for an acknowledgement.
            "sun.net.httpserver.nodelay", "true",
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

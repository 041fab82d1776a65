package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tenantry.worker.config.HttpSettings;
import io.tenantry.worker.stack.Await;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The build shortens the times of the JDK's server; without that these tests take longer, and prove the same. */
class HttpEndpointSlowClientsTest {
    private static final int MANY = 50;
    private static final int ROUNDS = 20;
    private static final Duration DELAYED_ACKNOWLEDGEMENT = Duration.ofMillis(40);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** More than the socket buffers of both sides hold. */
    private static final int LARGE = 6 << 20;

    private static final List<String> HALVES = List.of(
            "GET /met",
            "GET /metrics HTTP/1.1\r\nHost: x\r\n",
            "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n",
            "POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    private static final String WHOLE = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpEndpoint endpoint =
            new HttpEndpoint(new HttpSettings("127.0.0.1", 0), registry, new Health(), List.of(), error -> {});
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        endpoint.close();
    }

    @Test
    void isLiveWhileManySendHalfARequestOrDoNotReadTheirMetricsAndClosesThem() throws Exception {
        registry.counter("large", "text", "x".repeat(LARGE));
        List<Socket> halves = new ArrayList<>();
        // On a busy machine the server may close the first halves before all are sent: then further ones are sent.
        Await.until(PATIENCE, "health is answered before the server closes the half requests", () -> {
            halves.add(connect(HALVES.get(0)));
            Socket first = halves.get(halves.size() - 1);
            for (int i = 1; i < MANY; i++) {
                halves.add(connect(HALVES.get(i % HALVES.size())));
                connect(WHOLE);
            }
            assertLive();
            return isOpen(first);
        });
        for (Socket socket : halves) {
            readToEnd(socket);
        }
        // When those that do not read are closed there is room again.
        awaitStatus("/metrics", 200);
    }

    @Test
    void isLiveWhileManyWaitForSlowMetrics() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        Gauge.builder("slow", () -> await(slow)).register(registry);
        try {
            for (int i = 0; i < MANY; i++) {
                connect(WHOLE);
            }
            awaitStatus("/metrics", 503);

            assertThat(get("/metrics").body())
                    .isEqualTo("{\"error\":\"16 requests for metrics and pages are under way, which is the limit;"
                            + " try again later\"}");
            assertLive();
        } finally {
            slow.countDown();
        }
        awaitStatus("/metrics", 200);
    }

    /** A connection that was used before waited 40 ms for each response, since it is sent in two parts. */
    @Test
    void aConnectionThatIsKeptDoesNotWaitForAcknowledgements() throws Exception {
        Socket one = connect();
        // A client acknowledges the first segments of a connection at once.
        for (int i = 0; i < ROUNDS; i++) {
            nanosOfRequest(one);
        }
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            fastest = Math.min(fastest, nanosOfRequest(one));
        }

        assertThat(Duration.ofNanos(fastest)).isLessThan(DELAYED_ACKNOWLEDGEMENT.dividedBy(2));
    }

    private long nanosOfRequest(Socket socket) throws IOException {
        long start = System.nanoTime();
        socket.getOutputStream()
                .write("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        StringBuilder response = new StringBuilder();
        while (!response.toString().endsWith("]}")) {
            int next = socket.getInputStream().read();
            assertThat(next).as("end of the stream after %s", response).isNotNegative();
            response.append((char) next);
        }
        return System.nanoTime() - start;
    }

    private static double await(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS) ? 1 : 0;
        } catch (InterruptedException closed) {
            return 0;
        }
    }

    private void assertLive() throws Exception {
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
    }

    private void awaitStatus(String path, int status) {
        Await.until(PATIENCE, path + " has status " + status, () -> get(path).statusCode() == status);
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
        return client.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.setTcpNoDelay(true);
        socket.connect(endpoint.address());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private Socket connect(String request) throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Of a connection on which nothing was answered. */
    private static boolean isOpen(Socket socket) throws IOException {
        int patience = socket.getSoTimeout();
        socket.setSoTimeout(1);
        try {
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException open) {
            return true;
        } finally {
            socket.setSoTimeout(patience);
        }
    }

    /** Reads until the server has closed the connection. */
    private static void readToEnd(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // It was closed with something that the server had not read.
        }
    }
}

package io.tenantry.worker.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tenantry.worker.config.HttpSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Serves {@code /metrics} for Prometheus, and {@code /health/live} and {@code /health/ready} for an orchestrator: 200
 * for yes, 503 for no, with the conditions that are raised. Its threads are daemons.
 */
public final class HttpEndpoint implements AutoCloseable {
    private static final int THREADS = 3;
    private static final Duration LONGEST_START = Duration.ofSeconds(10);
    private static final String JSON = "application/json";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private record Response(int status, String contentType, String body) {
        static Response json(int status, String body) {
            return new Response(status, JSON, body);
        }
    }

    private final PrometheusMeterRegistry registry;
    private final Health health;
    private final HttpServer server;
    private final ExecutorService threads;

    /**
     * Starts serving.
     *
     * @param settings where; port 0 takes a free one
     * @throws UncheckedIOException the address cannot be bound, or it does not start in 10 s
     */
    public HttpEndpoint(HttpSettings settings, PrometheusMeterRegistry registry, Health health) {
        this.registry = registry;
        this.health = health;
        this.server = bind(settings);
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "http");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        // The server's own thread is a daemon only if the one that starts it is.
        start(settings);
    }

    /** Where it listens, with the port that was taken. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Stops serving at once; may be called again. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void start(HttpSettings settings) {
        try {
            CompletableFuture.runAsync(server::start, threads).get(LONGEST_START.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw notStarted(settings, stop);
        } catch (ExecutionException | TimeoutException failure) {
            throw notStarted(settings, failure);
        }
    }

    private UncheckedIOException notStarted(HttpSettings settings, Exception cause) {
        close();
        return new UncheckedIOException(
                "the endpoint at " + settings.host() + ":" + settings.port() + " did not start within "
                        + LONGEST_START.toSeconds()
                        + " s, so metrics and health cannot be served; start the worker again",
                new IOException(cause));
    }

    private static HttpServer bind(HttpSettings settings) {
        InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
        try {
            if (address.isUnresolved()) {
                throw new SocketException("no such host");
            }
            return HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot listen on " + settings.host() + ":" + settings.port() + " (" + e.getMessage()
                            + "), so metrics and health cannot be served; set http.host and http.port to a free"
                            + " address",
                    e);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Response response = respond(
                    exchange.getRequestMethod(), exchange.getRequestURI().getPath());
            if (response.status() == 405) {
                exchange.getResponseHeaders().set("Allow", "GET");
            }
            exchange.getResponseHeaders().set("Content-Type", response.contentType());
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
            boolean withoutBody = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(response.status(), withoutBody ? -1 : body.length);
            if (!withoutBody) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private Response respond(String method, String path) {
        return switch (path) {
            case "/metrics", "/health/live", "/health/ready" ->
                method.equals("GET") ? get(path) : Response.json(405, "{\"error\":\"only GET\"}");
            default -> Response.json(404, "{\"error\":\"not found\"}");
        };
    }

    private Response get(String path) {
        return switch (path) {
            case "/metrics" -> new Response(200, PROMETHEUS_TEXT, registry.scrape());
            case "/health/live" -> status(health.isLive(), "live");
            default -> status(health.isReady(), "ready");
        };
    }

    private Response status(boolean good, String name) {
        String conditions = health.conditions().stream()
                .map(condition -> "\"" + condition.label() + "\"")
                .collect(Collectors.joining(",", "[", "]"));
        return Response.json(good ? 200 : 503, "{\"" + name + "\":" + good + ",\"conditions\":" + conditions + "}");
    }
}

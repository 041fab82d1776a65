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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /metrics} for Prometheus, {@code /health/live} and {@code /health/ready} for an orchestrator, and pages.
 * Health is 200 for yes and 503 for no, with the conditions that are raised. Its threads are daemons.
 *
 * <p>The JDK's server reads a request on the thread that answers it, so a slow client holds a thread. Each request has a
 * thread of its own, up to {@link #MOST_THREADS}; the server closes connections of slow clients ({@link
 * HttpServerProperties}); and metrics and pages may use only a few of the threads ({@link PageLimit}). So health is
 * answered while others hang.
 */
public final class HttpEndpoint implements AutoCloseable {
    /** A request beyond that is refused: its connection is closed. */
    private static final int MOST_THREADS = 200;

    private static final int STACK_BYTES = 256 << 10;
    private static final Set<String> METHODS = Set.of("GET", "HEAD");
    private static final Duration IDLE_THREAD = Duration.ofSeconds(10);
    private static final Duration LONGEST_START = Duration.ofSeconds(10);
    private static final Duration LONGEST_WAIT_FOR_TURN = Duration.ofSeconds(5);

    private final PrometheusMeterRegistry registry;
    private final Health health;
    private final Consumer<Error> fatal;
    private final Map<String, Supplier<HttpResponse>> conditions;
    private final Map<String, Page> pages = new HashMap<>();
    private final PageLimit limit = new PageLimit(LONGEST_WAIT_FOR_TURN);
    private final HttpServer server;
    private final ExecutorService threads;

    /**
     * Starts serving.
     *
     * @param settings where; port 0 takes a free one
     * @param pages served besides metrics and health, each at a path of its own
     * @param fatal told of an error after which the process must not go on
     * @throws UncheckedIOException the address cannot be bound, or it does not start in 10 s
     */
    public HttpEndpoint(
            HttpSettings settings,
            PrometheusMeterRegistry registry,
            Health health,
            List<Page> pages,
            Consumer<Error> fatal) {
        this.registry = registry;
        this.health = health;
        this.fatal = fatal;
        this.conditions = Map.of(
                "/health/live", () -> status(health.isLive(), "live"),
                "/health/ready", () -> status(health.isReady(), "ready"));
        pages.forEach(page -> this.pages.put(page.path(), page));
        this.server = bind(settings);
        this.threads = new ThreadPoolExecutor(
                0, MOST_THREADS, IDLE_THREAD.toSeconds(), TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(null, task, "http", STACK_BYTES);
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
        HttpServerProperties.setIn(System.getProperties());
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
            String path = exchange.getRequestURI().getPath();
            Supplier<HttpResponse> condition = conditions.get(path);
            Page page = page(path, exchange.getRequestHeaders().getFirst("Accept"));
            if (condition == null && page == null) {
                send(exchange, HttpResponse.error(404, "not found"));
            } else if (!METHODS.contains(exchange.getRequestMethod())) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, HttpResponse.error(405, "only GET and HEAD"));
            } else if (condition != null) {
                send(exchange, condition.get());
            } else if (page != null) {
                send(exchange, page);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (OutOfMemoryError | LinkageError broken) {
            fatal.accept(broken);
            throw broken;
        }
    }

    private @Nullable Page page(String path, @Nullable String accept) {
        if (!path.equals("/metrics")) {
            return pages.get(path);
        }
        String format = MetricsFormat.preferred(accept);
        return new Page(path, format, () -> registry.scrape(format));
    }

    private void send(HttpExchange exchange, Page page) throws IOException, InterruptedException {
        if (isHead(exchange)) {
            send(exchange, new HttpResponse(200, page.contentType(), ""));
        } else if (!limit.enter()) {
            send(exchange, PageLimit.full());
        } else {
            try {
                send(exchange, limit.make(page));
            } finally {
                limit.leave();
            }
        }
    }

    private static void send(HttpExchange exchange, HttpResponse response) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", response.contentType());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
        boolean withoutBody = isHead(exchange) || body.length == 0;
        exchange.sendResponseHeaders(response.status(), withoutBody ? -1 : body.length);
        if (!withoutBody) {
            exchange.getResponseBody().write(body);
        }
    }

    private static boolean isHead(HttpExchange exchange) {
        return exchange.getRequestMethod().equals("HEAD");
    }

    private HttpResponse status(boolean good, String name) {
        String conditions = health.conditions().stream()
                .map(condition -> "\"" + condition.label() + "\"")
                .collect(Collectors.joining(",", "[", "]"));
        return HttpResponse.json(good ? 200 : 503, "{\"" + name + "\":" + good + ",\"conditions\":" + conditions + "}");
    }
}

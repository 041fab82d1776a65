package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tenantry.worker.config.HttpSettings;
import io.tenantry.worker.telemetry.Health.Condition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpEndpointTest {
    private static final HttpSettings ANY_PORT = new HttpSettings("127.0.0.1", 0);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Health health = new Health();
    private final List<Error> fatal = new CopyOnWriteArrayList<>();
    private final HttpEndpoint endpoint = new HttpEndpoint(
            ANY_PORT,
            registry,
            health,
            List.of(
                    new Page("/tenants", "text/csv; charset=utf-8", () -> "tenant,version\nünal,3\n"),
                    new Page("/broken", "text/plain", () -> {
                        throw new IllegalStateException("a bug");
                    }),
                    new Page("/deep", "text/plain", () -> {
                        throw new StackOverflowError("thrown by a test");
                    }),
                    new Page("/large", "text/plain", () -> {
                        throw new OutOfMemoryError("thrown by a test");
                    })),
            fatal::add);
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @Test
    void servesMetricsForPrometheus() throws Exception {
        registry.counter("some.events").increment(3);

        HttpResponse<String> response = send("GET", "/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body()).contains("# TYPE some_events_total counter").contains("some_events_total 3.0");
    }

    @Test
    void isReadyOnlyWhileNothingIsAgainstIt() throws Exception {
        assertThat(send("GET", "/health/ready"))
                .satisfies(response -> assertThat(response.statusCode()).isEqualTo(503))
                .satisfies(response ->
                        assertThat(response.body()).isEqualTo("{\"ready\":false,\"conditions\":[\"starting\"]}"));

        health.ready(true);
        assertThat(send("GET", "/health/ready"))
                .satisfies(response -> assertThat(response.statusCode()).isEqualTo(200))
                .satisfies(response -> assertThat(response.body()).isEqualTo("{\"ready\":true,\"conditions\":[]}"))
                .satisfies(response -> assertThat(response.headers().firstValue("Content-Type"))
                        .hasValue("application/json"));

        health.raise(Condition.DRAINING);
        health.raise(Condition.KAFKA);
        assertThat(send("GET", "/health/ready"))
                .satisfies(response -> assertThat(response.statusCode()).isEqualTo(503))
                .satisfies(response -> assertThat(response.body())
                        .isEqualTo("{\"ready\":false,\"conditions\":[\"kafka\",\"draining\"]}"));
    }

    @Test
    void isLiveUntilItIsDead() throws Exception {
        assertThat(send("GET", "/health/live").statusCode()).isEqualTo(200);

        health.dead();

        assertThat(send("GET", "/health/live").statusCode()).isEqualTo(503);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/metrics/", "/metrics/more", "/metricsx", "/health", "/health/other"})
    void knowsNoOtherPath(String path) throws Exception {
        assertThat(send("GET", path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE"})
    void knowsNoOtherMethod(String method) throws Exception {
        for (String path : List.of("/metrics", "/health/live", "/tenants")) {
            HttpResponse<String> response = send(method, path);

            assertThat(response.statusCode()).isEqualTo(405);
            assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
        }
        assertThat(send(method, "/other").statusCode()).isEqualTo(404);
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        assertThat(send("HEAD", "/health/live").statusCode()).isEqualTo(200);
        assertThat(send("HEAD", "/health/ready").statusCode()).isEqualTo(503);
        assertThat(send("HEAD", "/metrics"))
                .satisfies(response -> assertThat(response.statusCode()).isEqualTo(200))
                .satisfies(response -> assertThat(response.body()).isEmpty())
                .satisfies(response -> assertThat(response.headers().firstValue("Content-Type"))
                        .hasValue("text/plain; version=0.0.4; charset=utf-8"));
        assertThat(send("HEAD", "/other").statusCode()).isEqualTo(404);
    }

    @Test
    void ignoresTheQuery() throws Exception {
        assertThat(send("GET", "/health/live?verbose=1").statusCode()).isEqualTo(200);
        assertThat(send("GET", "/metrics?name=a%20b").statusCode()).isEqualTo(200);
    }

    @Test
    void servesOpenMetricsToAClientThatPrefersIt() throws Exception {
        registry.counter("some.events").increment(3);

        HttpResponse<String> response = client.send(
                request("GET", "/metrics")
                        .header(
                                "Accept",
                                "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1")
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(response.headers().firstValue("Content-Type"))
                .hasValue("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(response.body())
                .contains("# TYPE some_events counter")
                .contains("some_events_total 3.0")
                .endsWith("# EOF\n");
    }

    @Test
    void servesPages() throws Exception {
        HttpResponse<String> response = send("GET", "/tenants?server=a");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
        assertThat(response.body()).isEqualTo("tenant,version\nünal,3\n");
    }

    @Test
    void answersAPageThatCannotBeMade() throws Exception {
        assertThat(send("GET", "/broken"))
                .satisfies(response -> assertThat(response.statusCode()).isEqualTo(500))
                .satisfies(response -> assertThat(response.body()).contains("the log of the worker has the reason"));
    }

    @Test
    void anErrorOfOnePageAloneIsNotFatal() throws Exception {
        assertThat(send("GET", "/deep").statusCode()).isEqualTo(500);
        assertThat(fatal).isEmpty();
    }

    @Test
    void anErrorThatTheProcessDoesNotSurviveIsFatal() {
        assertThatThrownBy(() -> send("GET", "/large")).isInstanceOf(IOException.class);

        assertThat(fatal).isNotEmpty().allMatch(OutOfMemoryError.class::isInstance);
    }

    @Test
    void saysWhichAddressIsTaken() {
        int taken = endpoint.address().getPort();

        assertThatThrownBy(() ->
                        new HttpEndpoint(new HttpSettings("127.0.0.1", taken), registry, health, List.of(), fatal::add))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot listen on 127.0.0.1:" + taken)
                .hasMessageContaining("in use")
                .hasMessageContaining("http.port");
    }

    @Test
    void saysWhichHostIsUnknown() {
        assertThatThrownBy(() -> new HttpEndpoint(
                        new HttpSettings("no-such-host.invalid", 0), registry, health, List.of(), fatal::add))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot listen on no-such-host.invalid:0 (no such host)");
    }

    @Test
    void bindsOnlyTheAddressItWasGiven() {
        assertThat(endpoint.address().getAddress().isLoopbackAddress()).isTrue();
        assertThat(endpoint.address().getAddress().isAnyLocalAddress()).isFalse();
    }

    @Test
    void runsOnDaemonThreadsOnly() {
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("HTTP-Dispatcher")
                        || thread.getName().equals("http"))
                .isNotEmpty()
                .allMatch(Thread::isDaemon);
    }

    @Test
    void closesTwiceAndListensNoMore() {
        endpoint.close();
        endpoint.close();

        assertThatThrownBy(() -> send("GET", "/metrics")).isInstanceOf(ConnectException.class);
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        return client.send(request(method, path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String method, String path) {
        URI uri = URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
        return HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
    }
}

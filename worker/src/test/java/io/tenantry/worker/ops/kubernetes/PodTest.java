package io.tenantry.worker.ops.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tenantry.worker.config.HttpSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.telemetry.Health;
import io.tenantry.worker.telemetry.HttpEndpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pods run with the rights of the restricted pod security standard, and end when the worker has drained. */
class PodTest {
    /** What a JVM with 16 lanes needs beside its heap: classes, compiled code, stacks, buffers of sockets. */
    private static final long BESIDE_THE_HEAP = 160L << 20;

    private final Example example = new Example();
    private final PodSpec worker = example.workerPod();

    @TempDir
    private Path root;

    PodTest() throws IOException {}

    static Stream<Named<PodSpec>> pods() throws IOException {
        Example example = new Example();
        return Stream.of(Named.of("worker", example.workerPod()), Named.of("topics", example.topicsPod()));
    }

    @ParameterizedTest
    @MethodSource("pods")
    void isRestricted(PodSpec pod) {
        PodSecurityContext context = pod.getSecurityContext();
        assertThat(context.getRunAsNonRoot()).isTrue();
        assertThat(context.getRunAsUser()).isEqualTo(10001);
        assertThat(context.getRunAsGroup()).isEqualTo(10001);
        assertThat(context.getFsGroup()).isEqualTo(10001);
        assertThat(context.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(Stream.of(pod.getHostIPC(), pod.getHostNetwork(), pod.getHostPID()))
                .containsOnlyNulls();
        assertThat(pod.getInitContainers()).isEmpty();
        assertThat(pod.getContainers()).hasSize(1);

        SecurityContext container = Example.container(pod).getSecurityContext();
        assertThat(container.getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getPrivileged()).isNull();
        Capabilities capabilities = container.getCapabilities();
        assertThat(capabilities.getDrop()).containsExactly("ALL");
        assertThat(capabilities.getAdd()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("pods")
    void hasNoRightsInTheCluster(PodSpec pod) {
        assertThat(pod.getServiceAccountName()).isEqualTo("tenantry");
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    }

    /** A Service named tenantry-http would set TENANTRY_HTTP_PORT to an address. */
    @ParameterizedTest
    @MethodSource("pods")
    void takesNoVariablesFromServices(PodSpec pod) {
        assertThat(pod.getEnableServiceLinks()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("pods")
    void writesOnlyToMemory(PodSpec pod) {
        List<Volume> writable = pod.getVolumes().stream()
                .filter(volume -> volume.getConfigMap() == null && volume.getSecret() == null)
                .toList();
        assertThat(writable).extracting(Volume::getName).containsExactly("tmp");
        EmptyDirVolumeSource tmp = writable.get(0).getEmptyDir();
        assertThat(tmp.getMedium()).isEqualTo("Memory");
        assertThat(Example.container(pod).getVolumeMounts())
                .filteredOn(mount -> mount.getName().equals("tmp"))
                .singleElement()
                .satisfies(mount -> assertThat(mount.getMountPath()).isEqualTo("/tmp"));
    }

    @ParameterizedTest
    @MethodSource("pods")
    void hasMemoryForTheHeapAndWhatIsBesideIt(PodSpec pod) {
        long tmp = pod.getVolumes().stream()
                .filter(volume -> volume.getEmptyDir() != null)
                .mapToLong(volume -> bytes(volume.getEmptyDir().getSizeLimit()))
                .sum();
        Quantity limit = Example.container(pod).getResources().getLimits().get("memory");
        Quantity request = Example.container(pod).getResources().getRequests().get("memory");

        assertThat(bytes(Objects.requireNonNull(limit))).isGreaterThanOrEqualTo(heap(pod) + BESIDE_THE_HEAP + tmp);
        assertThat(request).as("what is not requested may be taken away").isEqualTo(limit);
    }

    @ParameterizedTest
    @MethodSource("pods")
    void runsTheImage(PodSpec pod) throws IOException {
        assertThat(Example.container(pod).getImage()).isEqualTo("tenantry");
        assertThat(Example.container(pod).getCommand()).as("the image has it").isEmpty();
        assertThat(example.rendered().kustomization().images())
                .singleElement()
                .satisfies(image -> assertThat(image.name()).isEqualTo("tenantry"))
                .satisfies(image -> assertThat(image.newTag()).matches("\\d+\\.\\d+\\.\\d+"));
    }

    @ParameterizedTest
    @MethodSource("pods")
    void runsWithTheOptionsOfTheReadme(PodSpec pod) throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        List<String> options = Pattern.compile(" (-X\\S+)")
                .matcher(readme)
                .results()
                .map(option -> option.group(1))
                .toList();

        assertThat(Example.options(pod)).isNotEmpty().isEqualTo(options);
    }

    @Test
    void runsAsTheImageDoes() throws IOException {
        assertThat(Files.readString(Path.of("..", "ops", "docker", "Dockerfile")))
                .contains("\nUSER 10001:10001\n")
                .contains("JDK_JAVA_OPTIONS=\"" + String.join(" ", Example.options(worker)) + "\"")
                .contains("\"io.tenantry.worker.App\"]\n");
    }

    @Test
    void runsTheCommands() {
        assertThat(Example.command(worker).commandSpec().name()).isEqualTo("run");
        assertThat(Example.command(example.topicsPod()).commandSpec().name()).isEqualTo("topics");
    }

    @Test
    void waitsForTheDrain() throws Exception {
        Lifecycle lifecycle = Example.container(worker).getLifecycle();
        assertThat(lifecycle).as("a preStop counts as part of the grace period").isNull();
        Settings settings = example.settings(root, worker);
        assertThat(Duration.ofSeconds(worker.getTerminationGracePeriodSeconds()))
                .isGreaterThanOrEqualTo(settings.worker().longestStop());
    }

    @Test
    void listensWhereProbesAsk() throws Exception {
        HttpSettings http = example.settings(root, worker).http();
        assertThat(http.host()).isEqualTo("0.0.0.0");
        assertThat(Example.container(worker).getPorts())
                .singleElement()
                .satisfies(port -> assertThat(port.getName()).isEqualTo("http"))
                .extracting(ContainerPort::getContainerPort)
                .isEqualTo(http.port());
        Container container = Example.container(worker);
        assertThat(Stream.of(container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe()))
                .allSatisfy(probe ->
                        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http"));
    }

    @Test
    void asksForWhatTheEndpointServes() throws Exception {
        Container container = Example.container(worker);
        Health health = new Health();
        try (HttpEndpoint endpoint = new HttpEndpoint(
                new HttpSettings("127.0.0.1", 0),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                health,
                List.of(),
                error -> {})) {
            String metrics = example.rendered()
                    .only("PodMonitor", CustomTypes.PodMonitor.class)
                    .spec()
                    .podMetricsEndpoints()
                    .get(0)
                    .path();
            assertThat(get(endpoint, metrics)
                            .headers()
                            .firstValue("Content-Type")
                            .orElse(""))
                    .startsWith("text/plain; version=0.0.4");
            assertThat(get(endpoint, path(container.getStartupProbe())).statusCode())
                    .as("a start has time")
                    .isEqualTo(200);
            assertThat(get(endpoint, path(container.getReadinessProbe())).statusCode())
                    .isEqualTo(503);
            health.ready(true);
            assertThat(get(endpoint, path(container.getReadinessProbe())).statusCode())
                    .isEqualTo(200);
            assertThat(get(endpoint, path(container.getLivenessProbe())).statusCode())
                    .isEqualTo(200);
            health.dead();
            assertThat(get(endpoint, path(container.getLivenessProbe())).statusCode())
                    .isEqualTo(503);
        }
    }

    /** In bytes. */
    private static long heap(PodSpec pod) {
        return Example.options(pod).stream()
                .filter(option -> option.matches("-Xmx\\d+m"))
                .mapToLong(option -> Long.parseLong(option.replaceAll("\\D", "")) << 20)
                .findAny()
                .orElseThrow();
    }

    private static String path(Probe probe) {
        return probe.getHttpGet().getPath();
    }

    private static HttpResponse<String> get(HttpEndpoint endpoint, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static long bytes(Quantity quantity) {
        return quantity.getNumericalAmount().longValueExact();
    }
}

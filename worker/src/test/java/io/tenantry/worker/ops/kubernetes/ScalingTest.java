package io.tenantry.worker.ops.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDeployment;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.ops.kubernetes.CustomTypes.PodMetricsEndpoint;
import io.tenantry.worker.ops.kubernetes.CustomTypes.PodMonitor;
import io.tenantry.worker.ops.kubernetes.CustomTypes.ScaledObject;
import io.tenantry.worker.ops.kubernetes.CustomTypes.ScaledObjectSpec;
import io.tenantry.worker.ops.kubernetes.CustomTypes.ScalingPolicy;
import io.tenantry.worker.ops.kubernetes.CustomTypes.ScalingRules;
import io.tenantry.worker.ops.kubernetes.CustomTypes.Trigger;
import io.tenantry.worker.scenario.MetricsTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How many workers there are: never more than can work, and always one that reports the metric. */
class ScalingTest {
    private final Example example = new Example();
    private final Deployment deployment = example.deployment();

    @TempDir
    private Path root;

    ScalingTest() throws IOException {}

    static Stream<Named<ScaledObjectSpec>> scaling() throws IOException {
        return Stream.of(Named.of("base", scaling(Rendered.BASE)), Named.of("example", scaling(Rendered.EXAMPLE)));
    }

    @ParameterizedTest
    @MethodSource("scaling")
    void eachWorkerHasAPartitionAndTwoConnections(ScaledObjectSpec scaling) throws Exception {
        Settings settings = example.settings(root, example.workerPod());

        assertThat(maximum(scaling)).isLessThanOrEqualTo(settings.kafka().partitions());
        assertThat(maximum(scaling)).isLessThanOrEqualTo(smallestCap(settings) / 2);
    }

    @ParameterizedTest
    @MethodSource("scaling")
    void aWorkerIsAlwaysThereToReportTheMetric(ScaledObjectSpec scaling) {
        assertThat(scaling.minReplicaCount()).isGreaterThanOrEqualTo(1).isLessThanOrEqualTo(maximum(scaling));
        assertThat(deployment.getSpec().getReplicas())
                .as("an apply would set it back")
                .isNull();
    }

    @ParameterizedTest
    @MethodSource("scaling")
    void scalesByTheGaugeOfOutstandingRequests(ScaledObjectSpec scaling) {
        assertThat(scaling.triggers()).hasSize(1);
        Trigger trigger = scaling.triggers().get(0);
        assertThat(trigger.type()).isEqualTo("prometheus");
        assertThat(trigger.metricType()).isEqualTo("AverageValue");
        assertThat(trigger.metadata().query())
                .matches("sum\\(tenantry_outstanding_requests(\\{namespace=\"tenantry\"})?\\)");
        assertThat(trigger.metadata().ignoreNullValues()).isEqualTo("false");
        assertThat(Integer.parseInt(trigger.metadata().threshold())).isPositive();
        assertThat(new MetricsTable().names()).contains("tenantry_outstanding_requests");
    }

    @Test
    void theExampleCountsItsOwnFleetOnly() throws Exception {
        String namespace = example.rendered().kustomization().namespace();
        assertThat(example.rendered()
                        .only("Namespace", Namespace.class)
                        .getMetadata()
                        .getName())
                .isEqualTo(namespace);
        assertThat(scaling(Rendered.EXAMPLE).triggers().get(0).metadata().query())
                .contains("{namespace=\"" + namespace + "\"}");
    }

    @ParameterizedTest
    @MethodSource("scaling")
    void leavesSlowly(ScaledObjectSpec scaling) {
        var behavior = Objects.requireNonNull(scaling.advanced())
                .horizontalPodAutoscalerConfig()
                .behavior();
        assertThat(Stream.of(behavior.scaleUp(), behavior.scaleDown()))
                .extracting(ScalingRules::policies)
                .allSatisfy(policies ->
                        assertThat(policies).extracting(ScalingPolicy::type).containsExactly("Pods"));
        assertThat(behavior.scaleDown().stabilizationWindowSeconds())
                .isBetween(600, 3600)
                .isGreaterThan(behavior.scaleUp().stabilizationWindowSeconds());
        ScalingPolicy down = behavior.scaleDown().policies().get(0);
        assertThat(down.value()).isEqualTo(1);
        assertThat(down.periodSeconds()).isBetween(300, 1800);
    }

    /** An additional worker may find no connection; it is not ready then, and an update that waits for it never ends. */
    @Test
    void anUpdateNeverNeedsAConnectionThatAnOldWorkerHolds() throws Exception {
        RollingUpdateDeployment update = deployment.getSpec().getStrategy().getRollingUpdate();
        assertThat(deployment.getSpec().getStrategy().getType()).isEqualTo("RollingUpdate");
        assertThat(update.getMaxSurge()).isEqualTo(new IntOrString(0));
        assertThat(update.getMaxUnavailable()).isEqualTo(new IntOrString(1));
    }

    @Test
    void theDrainOfANodeTakesOneWorkerAtATime() {
        PodDisruptionBudget budget = example.rendered().only("PodDisruptionBudget", PodDisruptionBudget.class);
        assertThat(budget.getSpec().getMaxUnavailable()).isEqualTo(new IntOrString(1));
        assertThat(budget.getSpec().getMinAvailable()).isNull();
        assertThat(budget.getSpec().getUnhealthyPodEvictionPolicy()).isEqualTo("AlwaysAllow");
    }

    @Test
    void allMeanTheSamePods() {
        assertThat(example.rendered()
                        .only("ScaledObject", ScaledObject.class)
                        .spec()
                        .scaleTargetRef())
                .isEqualTo(
                        new CustomTypes.ScaleTargetRef(deployment.getMetadata().getName()));
        LabelSelector workers = deployment.getSpec().getSelector();
        assertThat(workers.getMatchExpressions()).isEmpty();
        assertThat(workers.getMatchLabels())
                .isEqualTo(deployment.getSpec().getTemplate().getMetadata().getLabels())
                .isNotEqualTo(topicsLabels());
        assertThat(example.rendered()
                        .only("PodDisruptionBudget", PodDisruptionBudget.class)
                        .getSpec()
                        .getSelector())
                .isEqualTo(workers);
        assertThat(monitor().spec().selector()).isEqualTo(workers);
        assertThat(example.workerPod().getTopologySpreadConstraints())
                .hasSize(2)
                .extracting(TopologySpreadConstraint::getLabelSelector)
                .containsOnly(workers);
    }

    @Test
    void prometheusAsksTheWorkersPortOftenEnough() throws Exception {
        assertThat(monitor().spec().podMetricsEndpoints())
                .containsExactly(new PodMetricsEndpoint("http", "/metrics", "15s", "10s"));
        assertThat(Objects.requireNonNull(scaling(Rendered.EXAMPLE).pollingInterval()))
                .as("KEDA asks for a value that is not older than its interval")
                .isGreaterThanOrEqualTo(15);
    }

    private Map<String, String> topicsLabels() {
        return example.rendered()
                .only("CronJob", CronJob.class)
                .getSpec()
                .getJobTemplate()
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getLabels();
    }

    private PodMonitor monitor() {
        return example.rendered().only("PodMonitor", PodMonitor.class);
    }

    private static ScaledObjectSpec scaling(Path folder) throws IOException {
        return Rendered.of(folder).only("ScaledObject", ScaledObject.class).spec();
    }

    private static int maximum(ScaledObjectSpec scaling) {
        return Objects.requireNonNull(scaling.maxReplicaCount());
    }

    private static int smallestCap(Settings settings) {
        return settings.servers().values().stream()
                .mapToInt(ServerSettings::maxConnections)
                .min()
                .orElseThrow();
    }
}

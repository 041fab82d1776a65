package io.tenantry.worker.ops.kubernetes;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The types for which there are no models, with the fields that are used here; any other is an error. Their sources: the
 * types of the Go packages {@code keda/apis/keda/v1alpha1}, {@code prometheus-operator/pkg/apis/monitoring/v1} and {@code
 * kustomize/api/types}.
 */
final class CustomTypes {
    private CustomTypes() {}

    /** {@code keda.sh/v1alpha1}. */
    record ScaledObject(String apiVersion, String kind, ObjectMeta metadata, ScaledObjectSpec spec) {}

    /** A patch has only some of the fields. */
    record ScaledObjectSpec(
            @Nullable ScaleTargetRef scaleTargetRef,
            @Nullable Integer pollingInterval,
            @Nullable Integer minReplicaCount,
            @Nullable Integer maxReplicaCount,
            @Nullable Advanced advanced,
            List<Trigger> triggers) {}

    record ScaleTargetRef(String name) {}

    record Advanced(HorizontalPodAutoscalerConfig horizontalPodAutoscalerConfig) {}

    record HorizontalPodAutoscalerConfig(Behavior behavior) {}

    record Behavior(ScalingRules scaleUp, ScalingRules scaleDown) {}

    record ScalingRules(int stabilizationWindowSeconds, List<ScalingPolicy> policies) {}

    record ScalingPolicy(String type, int value, int periodSeconds) {}

    record Trigger(String type, String metricType, PrometheusTrigger metadata) {}

    /** KEDA reads all of them as text. */
    record PrometheusTrigger(String serverAddress, String query, String threshold, String ignoreNullValues) {}

    /** {@code monitoring.coreos.com/v1}. */
    record PodMonitor(String apiVersion, String kind, ObjectMeta metadata, PodMonitorSpec spec) {}

    record PodMonitorSpec(LabelSelector selector, List<PodMetricsEndpoint> podMetricsEndpoints) {}

    record PodMetricsEndpoint(String port, String path, String interval, String scrapeTimeout) {}

    /** {@code kustomize.config.k8s.io/v1beta1}. A list that is absent is empty. */
    record Kustomization(
            String apiVersion,
            String kind,
            @Nullable String namespace,
            List<String> resources,
            List<Image> images,
            List<ConfigMapFiles> configMapGenerator,
            List<Patch> patches) {
        Kustomization {
            images = images == null ? List.of() : images;
            configMapGenerator = configMapGenerator == null ? List.of() : configMapGenerator;
            patches = patches == null ? List.of() : patches;
        }
    }

    record Image(String name, String newName, String newTag) {}

    record ConfigMapFiles(String name, List<String> files) {}

    record Patch(String path) {}

    /** By {@code apiVersion} and {@code kind}. */
    static final Map<String, Class<?>> BY_KIND = Map.of(
            "keda.sh/v1alpha1 ScaledObject", ScaledObject.class,
            "monitoring.coreos.com/v1 PodMonitor", PodMonitor.class,
            "kustomize.config.k8s.io/v1beta1 Kustomization", Kustomization.class);
}

package io.tenantry.worker.ops.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.tenantry.worker.ops.kubernetes.CustomTypes.ConfigMapFiles;
import io.tenantry.worker.ops.kubernetes.CustomTypes.Kustomization;
import io.tenantry.worker.ops.kubernetes.CustomTypes.Patch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each field of each document is one that its kind has, and each file is used. */
class ManifestFieldsTest {
    private static final Map<String, Class<?>> TYPES = new HashMap<>(CustomTypes.BY_KIND);

    static {
        TYPES.put("v1 Namespace", Namespace.class);
        TYPES.put("v1 ServiceAccount", ServiceAccount.class);
        TYPES.put("apps/v1 Deployment", Deployment.class);
        TYPES.put("batch/v1 CronJob", CronJob.class);
        TYPES.put("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class);
        TYPES.put("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class);
    }

    static Stream<Document> documents() throws IOException {
        List<Document> documents = new ArrayList<>();
        for (Path folder : List.of(Rendered.BASE, Rendered.EXAMPLE)) {
            for (Path file : files(folder)) {
                boolean isManifest = file.toString().endsWith(".yaml")
                        && !file.getFileName().toString().equals("tenantry.yaml");
                if (isManifest) {
                    documents.addAll(Document.of(file));
                }
            }
        }
        return documents.stream();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void hasOnlyFieldsOfItsKind(Document document) {
        assertThat(unknownFields(document)).isEmpty();
    }

    /** A Secret is made by a command, and is in no file. */
    @Test
    void holdsNoSecret() throws IOException {
        assertThat(documents()).extracting(Document::kind).doesNotContain("Secret");
    }

    @ParameterizedTest
    @MethodSource("folders")
    void usesEachFile(Path folder) throws IOException {
        Kustomization kustomization = Rendered.kustomizationOf(folder);
        List<String> used = new ArrayList<>(List.of("kustomization.yaml"));
        kustomization.resources().stream()
                .filter(resource -> !Files.isDirectory(folder.resolve(resource)))
                .forEach(used::add);
        kustomization.patches().stream().map(Patch::path).forEach(used::add);
        kustomization.configMapGenerator().stream().map(ConfigMapFiles::files).forEach(used::addAll);

        assertThat(files(folder).stream().map(file -> folder.relativize(file).toString()))
                .containsExactlyInAnyOrderElementsOf(used);
    }

    static List<Path> folders() {
        return List.of(Rendered.BASE, Rendered.EXAMPLE);
    }

    @Test
    void findsAMisspelledFieldAtAnyDepth() {
        Document misspelled = document("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: misspelled}
                spec:
                  replica: 1
                  template:
                    spec:
                      containers:
                        - name: worker
                          securityContext: {readOnlyRootFileSystem: true}
                """);

        assertThat(unknownFields(misspelled))
                .containsExactlyInAnyOrder(
                        ".spec.replica", ".spec.template.spec.containers[0].securityContext.readOnlyRootFileSystem");
    }

    @Test
    void findsAMisspelledFieldOfACustomResource() {
        Document misspelled = document("""
                apiVersion: keda.sh/v1alpha1
                kind: ScaledObject
                metadata: {name: misspelled}
                spec:
                  minReplicas: 1
                """);

        assertThatThrownBy(() -> unknownFields(misspelled)).hasMessageContaining("minReplicas");
    }

    @Test
    void refusesANumberWhereATextIsNeeded() {
        Document number = document("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: number}
                spec:
                  template:
                    spec:
                      containers:
                        - env: [{name: TENANTRY_HTTP_PORT, value: 8080}]
                """);

        assertThatThrownBy(() -> unknownFields(number)).hasMessageContaining("8080");
    }

    private static List<String> unknownFields(Document document) {
        String kind = document.apiVersion() + " " + document.kind();
        Class<?> type = Objects.requireNonNull(TYPES.get(kind), "no type for " + document);
        return Fields.unknown(document.as(type));
    }

    private static Document document(String yaml) {
        return Document.of("test", yaml).get(0);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}

package io.tenantry.worker.ops.kubernetes;

import io.tenantry.worker.ops.kubernetes.CustomTypes.ConfigMapFiles;
import io.tenantry.worker.ops.kubernetes.CustomTypes.Kustomization;
import io.tenantry.worker.ops.kubernetes.CustomTypes.Patch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a folder's kustomization renders, without the hashes in names. {@link RenderTest} compares it with kubectl's. */
final class Rendered {
    static final Path MANIFESTS = Path.of("..", "ops", "kubernetes");
    static final Path BASE = MANIFESTS.resolve("base");
    static final Path EXAMPLE = MANIFESTS.resolve("overlays/example");

    private final Path folder;
    private final Kustomization kustomization;
    private final List<Document> documents = new ArrayList<>();

    private Rendered(Path folder) throws IOException {
        this.folder = folder;
        this.kustomization = kustomizationOf(folder);
        for (String resource : kustomization.resources()) {
            Path path = folder.resolve(resource);
            documents.addAll(Files.isDirectory(path) ? of(path).documents : Document.of(path));
        }
        for (Patch patch : kustomization.patches()) {
            Document.of(folder.resolve(patch.path())).forEach(this::apply);
        }
    }

    static Rendered of(Path folder) throws IOException {
        return new Rendered(folder);
    }

    static Kustomization kustomizationOf(Path folder) throws IOException {
        return Document.of(folder.resolve("kustomization.yaml")).get(0).as(Kustomization.class);
    }

    Kustomization kustomization() {
        return kustomization;
    }

    /** Without the ConfigMaps that are made of files. */
    List<Document> documents() {
        return documents;
    }

    /** The only document of this kind. */
    <T> T only(String kind, Class<T> type) {
        List<Document> found = documents.stream()
                .filter(document -> document.kind().equals(kind))
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException(
                    folder + " has " + found.size() + " documents of kind " + kind + ", not one");
        }
        return found.get(0).as(type);
    }

    /** The files of the ConfigMaps: by the name of the map, then by key. */
    Map<String, Map<String, Path>> configMaps() {
        Map<String, Map<String, Path>> maps = new LinkedHashMap<>();
        for (ConfigMapFiles map : kustomization.configMapGenerator()) {
            Map<String, Path> files = new LinkedHashMap<>();
            for (String file : map.files()) {
                Path path = folder.resolve(file);
                files.put(path.getFileName().toString(), path);
            }
            maps.put(map.name(), files);
        }
        return maps;
    }

    private void apply(Document patch) {
        if (!CustomTypes.BY_KIND.containsKey(patch.apiVersion() + " " + patch.kind())) {
            throw new IllegalStateException(
                    patch + ": a patch of a type of Kubernetes itself merges lists by key, which is not done here");
        }
        for (int index = 0; index < documents.size(); index++) {
            Document document = documents.get(index);
            if (document.kind().equals(patch.kind()) && document.name().equals(patch.name())) {
                documents.set(index, new Document(document.origin(), Fields.merged(document.fields(), patch.fields())));
                return;
            }
        }
        throw new IllegalStateException(patch + ": there is nothing to patch in " + folder);
    }
}

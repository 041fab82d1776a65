package io.tenantry.worker.ops.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.config.read.SettingsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/** What the container of a pod sees: its files, which lie below a folder here, and its environment. */
final class ContainerFiles {
    private static final String CONFIGURATION = "/etc/tenantry";

    private final Path root;
    private final PodSpec pod;
    private final Container container;

    private ContainerFiles(Path root, PodSpec pod) {
        this.root = root;
        this.pod = pod;
        this.container = pod.getContainers().get(0);
    }

    /**
     * Mounts the volumes of the pod's first container.
     *
     * @param root an empty folder
     * @param configMaps the files of each ConfigMap, by key
     * @param secrets the keys of each Secret; each one's value is the key itself
     */
    static ContainerFiles mount(
            Path root, PodSpec pod, Map<String, Map<String, Path>> configMaps, Map<String, Set<String>> secrets)
            throws IOException {
        ContainerFiles files = new ContainerFiles(root, pod);
        for (VolumeMount mount : files.container.getVolumeMounts()) {
            files.mount(mount, files.content(files.volume(mount.getName()), configMaps, secrets));
        }
        return files;
    }

    /** Where a path of the container lies on this machine. */
    Path path(String inContainer) {
        return root.resolve(inContainer.substring(1));
    }

    /** The variables with values; those of a Secret or of the pod itself are not used. */
    Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>();
        for (EnvVar variable : container.getEnv()) {
            environment.put(variable.getName(), Objects.requireNonNull(variable.getValue(), variable.getName()));
        }
        return environment;
    }

    /** Reads the settings as the process does, with this environment. */
    Settings settings(String file, Map<String, String> environment) throws IOException, InvalidSettingsException {
        Path moved = root.resolve("settings-with-paths-of-this-machine.yaml");
        Files.writeString(
                moved,
                Files.readString(path(file))
                        .replace(CONFIGURATION, path(CONFIGURATION).toString()));
        return SettingsReader.read(moved, environment, new Properties());
    }

    private Volume volume(String name) {
        return pod.getVolumes().stream()
                .filter(volume -> volume.getName().equals(name))
                .findAny()
                .orElseThrow(() -> new IllegalStateException("there is no volume " + name));
    }

    private Map<String, String> content(
            Volume volume, Map<String, Map<String, Path>> configMaps, Map<String, Set<String>> secrets)
            throws IOException {
        Map<String, String> content = new LinkedHashMap<>();
        if (volume.getConfigMap() != null) {
            String name = volume.getConfigMap().getName();
            Map<String, Path> files = Objects.requireNonNull(configMaps.get(name), name);
            for (Map.Entry<String, Path> file : files.entrySet()) {
                content.put(file.getKey(), Files.readString(file.getValue()));
            }
        } else if (volume.getSecret() != null) {
            String name = volume.getSecret().getSecretName();
            Objects.requireNonNull(secrets.get(name), name).forEach(key -> content.put(key, key));
        }
        return content;
    }

    /** As the kubelet does: the files lie in a hidden folder, and links lead to them; with subPath there is one file. */
    private void mount(VolumeMount mount, Map<String, String> content) throws IOException {
        Path target = path(mount.getMountPath());
        if (mount.getSubPath() != null) {
            Files.createDirectories(target.getParent());
            Files.writeString(target, Objects.requireNonNull(content.get(mount.getSubPath()), mount.getSubPath()));
            return;
        }
        Path version = Files.createDirectories(target.resolve("..version"));
        Files.createSymbolicLink(target.resolve("..data"), version.getFileName());
        for (Map.Entry<String, String> file : content.entrySet()) {
            Files.writeString(version.resolve(file.getKey()), file.getValue());
            Files.createSymbolicLink(target.resolve(file.getKey()), Path.of("..data", file.getKey()));
        }
    }
}

package io.tenantry.worker.ops.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.tenantry.worker.Commands;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ProcessSignals;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.config.read.InvalidSettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;

/** The example overlay, as it would run. */
final class Example {
    static final Path README = Path.of("..", "ops", "README.md");
    private static final Pattern SECRET_COMMAND =
            Pattern.compile("create secret generic (\\S+)((?:\\s+\\\\?\\s*--\\S+)+)");
    private static final Pattern SECRET_KEY = Pattern.compile("--from-file=([^=\\s]+)=");

    /** Read by the JVM; the image has it too, with the same options. */
    static final String OPTIONS = "JDK_JAVA_OPTIONS";

    private final Rendered rendered;

    Example() throws IOException {
        this.rendered = Rendered.of(Rendered.EXAMPLE);
    }

    Rendered rendered() {
        return rendered;
    }

    Deployment deployment() {
        return rendered.only("Deployment", Deployment.class);
    }

    PodSpec workerPod() {
        return deployment().getSpec().getTemplate().getSpec();
    }

    PodSpec topicsPod() {
        return rendered.only("CronJob", CronJob.class)
                .getSpec()
                .getJobTemplate()
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    static Container container(PodSpec pod) {
        return pod.getContainers().get(0);
    }

    /** The pod's command with its options. */
    static CommandLine.ParseResult command(PodSpec pod) {
        CommandLine line = Commands.of(Environment.ofProcess(() -> {}, ProcessSignals.NONE), (settings, next) -> 0);
        return line.parseArgs(container(pod).getArgs().toArray(String[]::new)).subcommand();
    }

    ContainerFiles mount(Path root, PodSpec pod) throws IOException {
        return ContainerFiles.mount(root, pod, rendered.configMaps(), secrets());
    }

    /** The settings that the container of this pod reads. */
    Settings settings(Path root, PodSpec pod) throws IOException, InvalidSettingsException {
        ContainerFiles files = mount(root, pod);
        return files.settings(configurationFile(pod), files.environment());
    }

    static String configurationFile(PodSpec pod) {
        Path file = command(pod).matchedOptionValue("--config", Path.of("/none"));
        return file.toString();
    }

    /** The keys of the Secret that the command in the README creates. */
    static Map<String, Set<String>> secrets() throws IOException {
        Matcher command = SECRET_COMMAND.matcher(Files.readString(README));
        if (!command.find()) {
            throw new IllegalStateException(README + " has no command that creates the Secret");
        }
        Set<String> keys = new TreeSet<>();
        SECRET_KEY.matcher(command.group(2)).results().forEach(key -> keys.add(key.group(1)));
        return Map.of(command.group(1), keys);
    }

    /** The options of the container's JVM, in their order. */
    static List<String> options(PodSpec pod) {
        return container(pod).getEnv().stream()
                .filter(variable -> variable.getName().equals(OPTIONS))
                .flatMap(variable -> Stream.of(variable.getValue().split(" ", -1)))
                .toList();
    }
}

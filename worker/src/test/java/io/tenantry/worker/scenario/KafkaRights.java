package io.tenantry.worker.scenario;

import io.tenantry.worker.config.KafkaSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** Users of Kafka, with the rights that {@code ops/security/acls.sh} allows them, and no others. */
public final class KafkaRights {
    private static final Path SCRIPT = Path.of("..", "ops", "security", "acls.sh");
    /** In place of Kafka's own: prints the words of each call, and a line end. */
    private static final String PRINTER = "#!/bin/sh\necho \"$@\"\n";

    private static final Map<String, ResourceType> RESOURCES = Map.of(
            "--topic", ResourceType.TOPIC,
            "--group", ResourceType.GROUP,
            "--transactional-id", ResourceType.TRANSACTIONAL_ID);

    private KafkaRights() {}

    /** Creates a user with a password for SCRAM-SHA-512, which may do what a worker with these settings needs. */
    public static void createWorker(Admin admin, String user, String password, KafkaSettings kafka) {
        create(admin, user, password, calls(user, kafka, "worker"));
    }

    /** Creates a user that may do what the command {@code topics} with these settings needs. */
    public static void createCreatorOfTopics(Admin admin, String user, String password, KafkaSettings kafka) {
        create(admin, user, password, calls(user, kafka, "topics"));
    }

    private static void create(Admin admin, String user, String password, List<String> calls) {
        UserScramCredentialAlteration credential = new UserScramCredentialUpsertion(
                user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password);
        List<AclBinding> rights =
                calls.stream().flatMap(call -> bindings(call).stream()).toList();
        try {
            admin.alterUserScramCredentials(List.of(credential)).all().get();
            admin.createAcls(rights).all().get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Runs the script. What it gives to kafka-acls.sh, one line a call. */
    private static List<String> calls(String user, KafkaSettings kafka, String rights) {
        try {
            Path folder = Files.createTempDirectory("acls");
            Path printer = Files.writeString(folder.resolve("kafka-acls.sh"), PRINTER);
            Files.setPosixFilePermissions(printer, PosixFilePermissions.fromString("rwx------"));
            ProcessBuilder script =
                    new ProcessBuilder("sh", SCRIPT.toString(), rights).redirectError(ProcessBuilder.Redirect.INHERIT);
            script.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
            script.environment()
                    .putAll(Map.of(
                            "BROKER",
                            "",
                            "PRINCIPAL",
                            "User:" + user,
                            "GROUP",
                            kafka.groupId(),
                            "PREFIX",
                            kafka.topicPrefix()));
            Process running = script.start();
            String printed = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (running.waitFor() != 0) {
                throw new IllegalStateException(SCRIPT + " ended with status " + running.exitValue());
            }
            Files.delete(printer);
            Files.delete(folder);
            return printed.lines().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static List<AclBinding> bindings(String call) {
        List<AclOperation> operations = new ArrayList<>();
        List<ResourcePattern> resources = new ArrayList<>();
        PatternType pattern = PatternType.LITERAL;
        String principal = "";
        Iterator<String> words = List.of(call.split(" ", -1)).iterator();
        while (words.hasNext()) {
            String word = words.next();
            switch (word) {
                case "--add" -> {}
                case "--allow-principal" -> principal = words.next();
                case "--operation" -> operations.add(operation(words.next()));
                case "--resource-pattern-type" ->
                    pattern = PatternType.fromString(words.next().toUpperCase(Locale.ROOT));
                case "--topic", "--group", "--transactional-id" ->
                    resources.add(new ResourcePattern(RESOURCES.get(word), words.next(), pattern));
                default -> throw new IllegalStateException(SCRIPT + ": " + word + " is not known here");
            }
        }
        String allowed = principal;
        return resources.stream()
                .flatMap(resource -> operations.stream()
                        .map(operation -> new AclBinding(
                                resource, new AccessControlEntry(allowed, "*", operation, AclPermissionType.ALLOW))))
                .toList();
    }

    /** From the script's way to write it, as in DescribeConfigs. */
    private static AclOperation operation(String name) {
        return AclOperation.fromString(name.replaceAll("(?<=[a-z])(?=[A-Z])", "_"));
    }
}

package io.tenantry.worker.scenario;

import io.tenantry.worker.config.KafkaSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
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
    private static final Map<String, ResourceType> RESOURCES = Map.of(
            "--topic", ResourceType.TOPIC,
            "--group", ResourceType.GROUP,
            "--transactional-id", ResourceType.TRANSACTIONAL_ID);

    private KafkaRights() {}

    /** Creates a user with a password for SCRAM-SHA-512, which may do what a worker with these settings needs. */
    public static void createUser(Admin admin, String user, String password, KafkaSettings kafka) {
        UserScramCredentialAlteration credential = new UserScramCredentialUpsertion(
                user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password);
        List<AclBinding> rights = lines().filter(line -> line.startsWith("allow --"))
                .flatMap(line -> bindings(line, user, kafka).stream())
                .toList();
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

    private static Stream<String> lines() {
        try {
            return Files.readAllLines(SCRIPT).stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<AclBinding> bindings(String line, String user, KafkaSettings kafka) {
        String[] words = line.split(" ", -1);
        List<AclOperation> operations = new ArrayList<>();
        List<ResourcePattern> resources = new ArrayList<>();
        PatternType pattern = PatternType.LITERAL;
        for (int i = 1; i < words.length; i += 2) {
            String value = words[i + 1];
            switch (words[i]) {
                case "--operation" -> operations.add(AclOperation.fromString(value));
                case "--resource-pattern-type" -> pattern = PatternType.fromString(value.toUpperCase(Locale.ROOT));
                case "--topic" -> resources.add(resource(words[i], kafka.topicPrefix() + value, pattern));
                case "--group", "--transactional-id" ->
                    resources.add(resource(words[i], value.replace("tenantry", kafka.groupId()), pattern));
                default -> throw new IllegalStateException(SCRIPT + ": " + words[i] + " is not known here");
            }
        }
        return resources.stream()
                .flatMap(resource -> operations.stream()
                        .map(operation -> new AclBinding(
                                resource,
                                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW))))
                .toList();
    }

    private static ResourcePattern resource(String option, String name, PatternType pattern) {
        return new ResourcePattern(RESOURCES.get(option), name, pattern);
    }
}

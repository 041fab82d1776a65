package io.tenantry.worker.guarantee;

import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.guarantee.Answers.Answer;
import io.tenantry.worker.scenario.Events;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.RecordMetadata;

/** The requests of one trial, and what is wrong with the answers to them. */
final class TrialRequests {
    private final Events events;
    private final Set<String> ids = new LinkedHashSet<>();
    private final Set<String> poison = new HashSet<>();

    TrialRequests(Events events) {
        this.events = events;
    }

    /** A second call sends the same event once more. */
    void signUp(String tenant) {
        ids.add(events.publish(tenant + "-new", new TenantCreated(tenant, List.of(), Map.of())));
    }

    /** One upgrade of the tenant; they are to be asked for in the order of their versions. */
    void upgrade(String tenant, int version) {
        ids.add(events.publish(
                tenant + "-" + version,
                new MigrationRequested(tenant, null, List.of(), Integer.toString(version), null, 1)));
    }

    /** A record that nobody can read. */
    void poison(String key) {
        RecordMetadata metadata =
                events.raw(Topic.MIGRATION_REQUESTED.baseName(), key, "{".getBytes(StandardCharsets.UTF_8), Map.of());
        poison.add(metadata.topic() + "/" + metadata.partition() + "/" + metadata.offset());
    }

    /** How many terminal records there must be. */
    int expected() {
        return ids.size() + poison.size();
    }

    boolean allAnswered(Answers answers) {
        return unanswered(answers).isEmpty();
    }

    /** TrialRequests without a result, and records that nobody can read without a dead letter. */
    Set<String> unanswered(Answers answers) {
        Set<String> missing = new LinkedHashSet<>(ids);
        missing.removeAll(answers.answered());
        poison.stream()
                .filter(record -> !answers.deadLetters().contains(record))
                .forEach(missing::add);
        return missing;
    }

    /** Results that are no success. */
    static List<String> failures(Answers answers) {
        return answers.results().stream()
                .filter(answer -> !isSuccess(answer.data()))
                .map(answer -> answer.request() + ": " + answer.data().error())
                .toList();
    }

    private static boolean isSuccess(TenantResult result) {
        return result.outcome() == Outcome.COMPLETED || result.outcome() == Outcome.UP_TO_DATE;
    }

    /** Upgrades that did the work of another one, and results that follow those of a later upgrade. */
    static List<String> inversions(Answers answers) {
        Map<String, Integer> reached = new HashMap<>();
        Set<String> inverted = new LinkedHashSet<>();
        for (Answer answer : answers.results()) {
            String request = answer.request();
            if (request.endsWith("-new")) {
                continue;
            }
            String version = request.substring(request.lastIndexOf('-') + 1);
            boolean workOfAnother = answer.data().databases().stream()
                    .flatMap(database -> database.applied().stream())
                    .anyMatch(applied -> !applied.equals(version));
            Integer before =
                    reached.merge(String.valueOf(answer.data().tenant()), Integer.parseInt(version), Math::max);
            if (workOfAnother || before > Integer.parseInt(version)) {
                inverted.add(request);
            }
        }
        return List.copyOf(inverted);
    }
}

package io.tenantry.worker.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.scenario.MigratedRegistry;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.telemetry.Meters;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The ledger does not grow without an end, and forgets nothing too early. */
class LedgerPruningIT {
    private static final Duration RETENTION = Duration.ofDays(30);
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final LedgerPruning.Pace QUICK =
            new LedgerPruning.Pace(Duration.ZERO, Duration.ofMillis(20), Duration.ofMillis(1));

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Error> fatal = new ArrayList<>();

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    @AfterEach
    void nothingWasFatal() {
        assertThat(fatal).isEmpty();
    }

    @Test
    void whatIsOlderThanTheRetentionGoes() throws SQLException {
        insert("young", 29, true);
        insert("old", 31, true);

        assertThat(control.registry().pruneLedger(RETENTION, 500)).isEqualTo(1);

        assertThat(ids()).containsExactly("young");
    }

    @Test
    void anAnswerThatMayStillBeWaitedForIsKeptForTwiceAsLong() throws SQLException {
        insert("waited for", 59, false);
        insert("never marked", 61, false);

        assertThat(control.registry().pruneLedger(RETENTION, 500)).isEqualTo(1);

        assertThat(ids()).containsExactly("waited for");
    }

    @Test
    void goesBatchByBatchTheOldestFirst() throws SQLException {
        for (int age = 31; age <= 37; age++) {
            insert("age " + age, age, true);
        }

        assertThat(control.registry().pruneLedger(RETENTION, 3)).isEqualTo(3);
        assertThat(ids()).containsExactlyInAnyOrder("age 31", "age 32", "age 33", "age 34");
        assertThat(control.registry().pruneLedger(RETENTION, 3)).isEqualTo(3);
        assertThat(control.registry().pruneLedger(RETENTION, 3)).isEqualTo(1);
        assertThat(control.registry().pruneLedger(RETENTION, 3)).isZero();
    }

    @Test
    void passesByWhatOthersWorkOn() throws Exception {
        insert("marked now", 32, true);
        insert("free", 31, true);
        try (Connection other = control.deployment()
                        .stack()
                        .postgres()
                        .connect(control.deployment().controlDatabase());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("UPDATE tenantry.request SET published = true WHERE id = 'marked now'");

            int pruned = CompletableFuture.supplyAsync(this::prune).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);

            assertThat(pruned).isEqualTo(1);
            other.rollback();
        }
        assertThat(ids()).containsExactly("marked now");
    }

    @Test
    void isNotInTheWayOfSettlingTheSameRequests() throws Exception {
        int requests = 3000;
        insertMany(requests);
        List<LedgerEntry> entries =
                IntStream.range(0, requests).mapToObj(this::entry).toList();
        List<RequestRef> refs = entries.stream().map(LedgerEntry::request).toList();

        List<CompletableFuture<Void>> work = new ArrayList<>();
        for (int worker = 0; worker < 2; worker++) {
            work.add(CompletableFuture.runAsync(() -> {
                while (prune() > 0) {
                    Thread.onSpinWait();
                }
            }));
            // Again from the end, against the order in which the rows are pruned.
            work.add(CompletableFuture.runAsync(() -> {
                for (int from = requests - 100; from >= 0; from -= 100) {
                    settle(entries.subList(from, from + 100), refs.subList(from, from + 100));
                }
            }));
        }

        // A deadlock would be an exception in one of them.
        CompletableFuture.allOf(work.toArray(CompletableFuture[]::new)).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(control.deployment()
                        .queryRegistry("SELECT count(*) FROM tenantry.request WHERE finished_at < now() - interval"
                                + " '30 days'"))
                .containsExactly("0");
    }

    @Test
    void ofRolloutsOnlyWhatHasEndedLongAgoGoes() {
        String rollout = "INSERT INTO tenantry.rollout (rollout, group_id, partition, state, request, verb_id,"
                + " verb_source, concurrency, finished_at) SELECT name, 'fleet', 0, 'completed', '{}', name, '/release',"
                + " 10, now() - age * interval '1 day' FROM (VALUES ('old', 31), ('older', 40), ('young', 29), ('in-flight',"
                + " 45), ('lost', 61), ('running', NULL)) AS r (name, age); INSERT INTO tenantry.rollout_wave (rollout, wave, members, in_flight) SELECT rollout, 1, 1,"
                + " CASE WHEN rollout IN ('in-flight', 'lost') THEN 1 ELSE 0 END FROM tenantry.rollout; INSERT INTO tenantry.rollout_member (rollout, shared, key, databases, wave,"
                + " request_id) SELECT rollout, false, 'acme', '{users}', 1, rollout FROM tenantry.rollout; INSERT INTO"
                + " tenantry.rollout_failure SELECT rollout, 'internal', 1 FROM tenantry.rollout";
        String verbs = "INSERT INTO tenantry.rollout_verb (source, id, answered_at) SELECT '/release', n, now() - n *"
                + " interval '1 day' FROM generate_series(29, 35) n";
        String events =
                "INSERT INTO tenantry.rollout_event (group_id, partition, position, rollout, id, type, time, data,"
                        + " published) SELECT 'fleet', 0, n, 'old', n, 'type', now() - (59.5 - n) * interval '1 day', '{}', n <> 25"
                        + " FROM generate_series(20, 40) n";
        control.deployment()
                .executeInRegistry(rollout + "; " + verbs
                        + "; UPDATE tenantry.rollout_verb SET plan_of = 'running' WHERE id = '35'; " + events);

        try (LedgerPruning pruning = start()) {
            Await.until(
                    DEADLINE,
                    "it has pruned",
                    () -> control.deployment()
                            .queryRegistry(
                                    "SELECT (SELECT count(*) FROM tenantry.rollout_event) || ' ' || (SELECT count(*) FROM"
                                            + " tenantry.rollout WHERE rollout IN ('old', 'older', 'lost'))")
                            .equals(List.of("12 0")));
        }

        assertThat(control.deployment().queryRegistry("SELECT rollout FROM tenantry.rollout_member ORDER BY 1"))
                .containsExactly("in-flight", "running", "young");
        assertThat(control.deployment().queryRegistry("SELECT rollout FROM tenantry.rollout ORDER BY 1"))
                .containsExactly("in-flight", "running", "young");
        assertThat(control.deployment().queryRegistry("SELECT id FROM tenantry.rollout_verb ORDER BY id"))
                .as("35 has no answer yet")
                .containsExactly("29", "35");
        assertThat(control.deployment().queryRegistry("SELECT min(position) FROM tenantry.rollout_event"))
                .as("it is not known to be published")
                .containsExactly("25");
    }

    @Test
    void severalWorkersPruneAllOfItOnceAndCountIt() {
        insertMany(2300);
        insertYoung();

        try (LedgerPruning one = start();
                LedgerPruning other = start()) {
            Await.until(DEADLINE, "both have pruned", () -> ids().equals(List.of("young")));
        }

        assertThat(meters.get("tenantry.ledger.pruned").counter().count()).isEqualTo(2300);
    }

    @Test
    void aRegistryThatIsAwayOnlyDelaysIt() {
        insertMany(3);
        control.deployment().executeInRegistry("ALTER TABLE tenantry.request RENAME TO away");
        try (LedgerPruning pruning = start()) {
            Await.until(
                    DEADLINE,
                    "it has failed",
                    () -> !control.deployment()
                            .queryRegistry("SELECT 1 FROM pg_stat_activity WHERE application_name = 'test' AND query"
                                    + " LIKE 'DELETE FROM tenantry.request%'")
                            .isEmpty());
            double before = sincePruned();
            control.deployment().executeInRegistry("ALTER TABLE tenantry.away RENAME TO request");

            Await.until(DEADLINE, "it has pruned", () -> ids().isEmpty());
            Await.until(DEADLINE, "the age of the last pruning has begun again", () -> sincePruned() < before);
        }
    }

    @Test
    void aWorkerPrunesShortlyAfterItsStart() {
        insertMany(700);
        control.deployment().withTopics().startWorker();

        Await.until(DEADLINE, "the worker has pruned", () -> ids().isEmpty());
    }

    private double sincePruned() {
        return meters.get("tenantry.ledger.pruning.age").gauge().value();
    }

    private LedgerPruning start() {
        return new LedgerPruning(control.registry(), RETENTION, new Meters(meters).settling(), fatal::add, QUICK);
    }

    private int prune() {
        try {
            return control.registry().pruneLedger(RETENTION, 50);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private void settle(List<LedgerEntry> entries, List<RequestRef> published) {
        try {
            control.registry().settle(entries, List.of(), published);
        } catch (SQLException failure) {
            if (!"40001".equals(failure.getSQLState())) {
                throw new IllegalStateException(failure);
            }
            // A row was pruned between its insertion, which found it there, and its reading: the settler tries again.
            settle(entries, published);
        }
    }

    private LedgerEntry entry(int number) {
        return new LedgerEntry(
                new RequestRef("many " + number, "/test", "type", "topic", 0, number),
                new EncodedEvent(
                        "result",
                        "/tenantry",
                        "type",
                        Instant.EPOCH,
                        null,
                        "acme",
                        "{}".getBytes(StandardCharsets.UTF_8)));
    }

    private void insertMany(int count) {
        insert("'many ' || n", "generate_series(0, " + (count - 1) + ") n", 40, true);
    }

    private void insertYoung() {
        insert("young", 1, true);
    }

    private void insert(String id, int ageDays, boolean published) {
        insert("'" + id + "'", "(SELECT) AS one", ageDays, published);
    }

    private void insert(String id, String from, int ageDays, boolean published) {
        control.deployment()
                .executeInRegistry(
                        "INSERT INTO tenantry.request (source, id, type, key, topic, partition, \"offset\", result_id,"
                                + " result_source, result_type, result_time, result, published, finished_at) SELECT '/test', "
                                + id
                                + ", 'type', 'acme', 'topic', 0, 0, 'result', '/tenantry', 'type', now(), '{}', "
                                + published
                                + ", now() - interval '" + ageDays + " days' FROM " + from);
    }

    private List<String> ids() {
        return control.deployment().queryRegistry("SELECT id FROM tenantry.request");
    }
}

package io.tenantry.worker.registry.rollout;

import static io.tenantry.worker.registry.rollout.MemberState.COMPLETED;
import static io.tenantry.worker.registry.rollout.MemberState.FAILED;
import static io.tenantry.worker.registry.rollout.MemberState.SKIPPED;
import static io.tenantry.worker.registry.rollout.MemberState.UP_TO_DATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.LookUp;
import io.tenantry.worker.registry.RolloutTransactions;
import io.tenantry.worker.registry.TenantRecord;
import io.tenantry.worker.scenario.MigratedRegistry;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the results of a rollout's requests, and dead letters in their place, change in the rollout. */
class RolloutAnswersIT {
    private static final String SOURCE = "/tenantry/fleet";
    private static final String MIGRATION = "io.tenantry.migration.requested.v1";

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    /** Six tenants in two waves; request ids are 1 to 6, and 6 is not sent. */
    @BeforeEach
    void begin() {
        begin("spring", "");
    }

    private void begin(String rollout, String prefix) {
        control.deployment()
                .executeInRegistry(
                        "INSERT INTO tenantry.rollout (rollout, group_id, partition, state, request, verb_id,"
                                + " verb_source, concurrency) VALUES ('" + rollout
                                + "', 'fleet', 0, 'running', '{}', 'start',"
                                + " '/release', 10); INSERT INTO tenantry.rollout_wave (rollout, wave, members, in_flight) VALUES ('"
                                + rollout + "', 1, 3, 3), ('" + rollout
                                + "', 2, 3, 2); INSERT INTO tenantry.rollout_member"
                                + " (rollout, shared, key, databases, wave, request_id, sent_at) SELECT '" + rollout
                                + "', false,"
                                + " 't' || n, '{users}', (n + 2) / 3, '" + prefix
                                + "' || n, CASE WHEN n < 6 THEN now() END FROM"
                                + " generate_series(1, 6) AS n");
    }

    @Test
    void resultsEndTheirMembersAndAreCountedOnce() throws SQLException {
        List<LedgerEntry> entries = List.of(
                entry("1", COMPLETED, null),
                entry("2", FAILED, ErrorCode.MIGRATION_FAILED),
                entry("4", FAILED, ErrorCode.SERVER_UNAVAILABLE),
                entry("5", SKIPPED, ErrorCode.ROLLOUT_HALTED),
                entry("6", UP_TO_DATE, null),
                entry("of an earlier attempt", FAILED, ErrorCode.MIGRATION_FAILED));

        control.registry().settle(entries, List.of(), List.of());

        List<String> counts = List.of("1: 1 of 3, 1 0 1 0, 1", "2: 0 of 3, 0 1 1 1, 0");
        assertThat(waves("spring")).isEqualTo(counts);
        assertThat(members())
                .containsExactly(
                        "t1 completed",
                        "t2 failed migration-failed counted",
                        "t3 pending",
                        "t4 failed server-unavailable",
                        "t5 skipped rollout-halted",
                        "t6 up-to-date");
        assertThat(failures()).containsExactly("migration-failed 1", "server-unavailable 1");

        control.registry().settle(entries, List.of(), List.of());
        control.registry().settle(List.of(entry("2", COMPLETED, null)), List.of(), List.of());

        assertThat(waves("spring"))
                .as("an identity that the ledger has changes nothing")
                .isEqualTo(counts);
    }

    @Test
    void aDeadLetterEndsItsMemberAndTheResultOfTheSameRequestCorrectsIt() throws SQLException {
        control.registry().settle(List.of(entry("1", COMPLETED, null)), List.of(), List.of());

        died("1");
        died("2");
        died("2");
        died("3");

        assertThat(waves("spring").get(0)).isEqualTo("1: 0 of 3, 1 0 2 0, 2");
        assertThat(members()).startsWith("t1 completed", "t2 failed internal counted dead");
        assertThat(failures()).containsExactly("internal 2");

        control.deployment()
                .executeInRegistry("UPDATE tenantry.rollout_member SET counted = false WHERE key = 't3';"
                        + " UPDATE tenantry.rollout_wave SET counted = 1 WHERE wave = 1");
        control.registry()
                .settle(
                        List.of(entry("2", COMPLETED, null), entry("3", FAILED, ErrorCode.MIGRATION_FAILED)),
                        List.of(),
                        List.of());

        assertThat(waves("spring").get(0)).isEqualTo("1: 0 of 3, 2 0 1 0, 0");
        assertThat(members())
                .as("what was acknowledged does not count again")
                .startsWith("t1 completed", "t2 completed", "t3 failed migration-failed");
        assertThat(failures()).containsExactly("migration-failed 1");
    }

    @Test
    void aResultOfAReleaseWithoutRolloutsCountsWhenItsRequestIsRepeated() throws SQLException {
        List<LedgerEntry> ofOldRelease = List.of(
                plain("1", Outcome.COMPLETED, null),
                plain("2", Outcome.FAILED, ErrorCode.MIGRATION_FAILED),
                plain("3", Outcome.UP_TO_DATE, null));
        control.registry().settle(ofOldRelease, List.of(), List.of());
        assertThat(waves("spring").get(0)).as("pending").isEqualTo("1: 3 of 3, 0 0 0 0, 0");

        List<RequestRef> repeated = List.of(ref("1"), ref("2"), ref("unknown"));
        control.registry().settle(List.of(), List.of(), List.of(), repeated);
        control.registry().settle(List.of(), List.of(), List.of(), repeated);
        control.registry().settle(List.of(entry("3", FAILED, ErrorCode.LOCK_TIMEOUT)), List.of(), List.of());

        assertThat(waves("spring").get(0)).isEqualTo("1: 0 of 3, 1 1 1 0, 1");
        assertThat(members()).startsWith("t1 completed", "t2 failed migration-failed counted", "t3 up-to-date");
    }

    @Test
    void aResultThatBecomesADeadLetterIsAFailureUnlessItWasPublished() throws SQLException {
        LedgerEntry kept = entry("1", COMPLETED, null);
        LedgerEntry published = entry("2", COMPLETED, null);
        control.registry().settle(List.of(kept, published), List.of(), List.of(published.request()));

        for (LedgerEntry next : List.of(kept, published, kept)) {
            retract(next);
        }

        assertThat(members()).startsWith("t1 failed internal counted dead", "t2 completed");
        assertThat(waves("spring").get(0)).isEqualTo("1: 1 of 3, 1 0 1 0, 1");
    }

    /** The registry knows of a dead letter before Kafka has it; the next worker reads the record again. */
    @Test
    void aWorkerThatIsKilledBeforeADeadLetterIsPublishedLosesNothing() throws SQLException {
        LedgerEntry tooLarge = entry("1", COMPLETED, null);
        control.registry().settle(List.of(tooLarge), List.of(), List.of());
        retract(tooLarge);
        died("2");
        died("3");

        assertThat(control.registry().lookUp(List.of(lookUp("1", true), lookUp("2", true), lookUp("3", true))))
                .as("the next worker runs them again")
                .allSatisfy(request -> assertThat(request.recorded()).isEmpty());
        control.registry().settle(List.of(tooLarge, entry("3", COMPLETED, null)), List.of(), List.of());
        retract(tooLarge);
        died("2");

        assertThat(members())
                .startsWith("t1 failed internal counted dead", "t2 failed internal counted dead", "t3 completed");
        assertThat(waves("spring").get(0)).isEqualTo("1: 0 of 3, 1 0 2 0, 2");
        assertThat(failures()).containsExactly("internal 2");
    }

    @Test
    void aRequestIsHaltedIfItsRolloutWasHaltedAfterItWasMade() throws SQLException {
        control.deployment()
                .executeInRegistry("UPDATE tenantry.rollout SET halts = 1; UPDATE tenantry.rollout_member SET"
                        + " halts = 1 WHERE key = 't2'");

        assertThat(control.registry()
                        .lookUp(List.of(
                                lookUp("1", false), lookUp("1", true), lookUp("2", true), lookUp("none", true))))
                .extracting(TenantRecord::halted)
                .containsExactly(false, true, false, false);
    }

    /** They lock the same waves, and meet them in opposite orders. */
    @Test
    void workersThatWriteToTheSameWavesDoNotBlockEachOtherForGood() throws Exception {
        begin("autumn", "x");
        List<LedgerEntry> answers = new ArrayList<>();
        for (String id : List.of("1", "4", "x1", "x4", "2", "x2")) {
            answers.add(entry(id, FAILED, ErrorCode.MIGRATION_FAILED));
        }
        ExecutorService workers = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 10; round++) {
                List<LedgerEntry> half = answers.subList(0, 3);
                List<LedgerEntry> other = new ArrayList<>(answers.subList(3, 6));
                Collections.reverse(other);
                Future<?> one = workers.submit(() -> control.registry().settle(half, List.of(), List.of()));
                Future<?> two = workers.submit(() -> control.registry().settle(other, List.of(), List.of()));
                one.get(30, TimeUnit.SECONDS);
                two.get(30, TimeUnit.SECONDS);

                assertThat(waves("spring")).containsExactly("1: 1 of 3, 0 0 2 0, 2", "2: 1 of 3, 0 0 1 0, 1");
                assertThat(waves("autumn")).containsExactly("1: 1 of 3, 0 0 2 0, 2", "2: 1 of 3, 0 0 1 0, 1");
                control.deployment().executeInRegistry("DELETE FROM tenantry.request; DELETE FROM tenantry.rollout");
                begin("spring", "");
                begin("autumn", "x");
            }
        } finally {
            workers.shutdownNow();
        }
    }

    private void died(String id) throws SQLException {
        new RolloutTransactions(control.registry()).died(dead(id));
    }

    private void retract(LedgerEntry entry) throws SQLException {
        new RolloutTransactions(control.registry())
                .retract(entry.request(), Optional.of(dead(entry.request().id())));
    }

    private static RolloutAnswer dead(String id) {
        return new RolloutAnswer(id, FAILED, ErrorCode.INTERNAL);
    }

    private static LookUp lookUp(String id, boolean ofRollout) {
        return new LookUp(ref(id), "acme", null, ofRollout);
    }

    private static LedgerEntry entry(String id, MemberState state, @Nullable ErrorCode code) {
        Outcome outcome = switch (state) {
            case PENDING -> throw new IllegalArgumentException("no result");
            case COMPLETED -> Outcome.COMPLETED;
            case UP_TO_DATE -> Outcome.UP_TO_DATE;
            case FAILED -> Outcome.FAILED;
            case SKIPPED -> Outcome.SKIPPED;
        };
        return new LedgerEntry(ref(id), plain(id, outcome, code).result(), new RolloutAnswer(id, state, code));
    }

    /** Without what it means for a rollout, as a release without rollouts writes it. */
    private static LedgerEntry plain(String id, Outcome outcome, @Nullable ErrorCode code) {
        TenantResult result = new TenantResult(
                "acme",
                null,
                ref(id),
                "spring",
                outcome,
                code == null ? null : ResultError.of(code, "no"),
                List.of(),
                1,
                "worker",
                Instant.EPOCH,
                Instant.EPOCH);
        return new LedgerEntry(
                ref(id),
                new EncodedEvent(
                        "result " + id,
                        SOURCE,
                        "type",
                        Instant.EPOCH,
                        null,
                        "acme",
                        new EventCodec().encodeData(result)));
    }

    private static RequestRef ref(String id) {
        return new RequestRef(id, SOURCE, MIGRATION, "topic", 0, 1);
    }

    /** Wave: in flight of members, completed up-to-date failed skipped, counted. */
    private List<String> waves(String rollout) {
        return control.deployment()
                .queryRegistry("SELECT wave || ': ' || in_flight || ' of ' || members || ', ' || completed || ' ' ||"
                        + " up_to_date || ' ' || failed || ' ' || skipped || ', ' || counted FROM tenantry.rollout_wave"
                        + " WHERE rollout = '" + rollout + "' ORDER BY wave");
    }

    private List<String> members() {
        return control.deployment()
                .queryRegistry("SELECT key || ' ' || state || coalesce(' ' || code, '') || CASE WHEN counted THEN"
                        + " ' counted' ELSE '' END || CASE WHEN dead THEN ' dead' ELSE '' END FROM"
                        + " tenantry.rollout_member ORDER BY key");
    }

    private List<String> failures() {
        return control.deployment()
                .queryRegistry("SELECT code || ' ' || requests FROM tenantry.rollout_failure ORDER BY code");
    }
}

package io.tenantry.worker.registry.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.worker.registry.rollout.WaveView.Progress;
import io.tenantry.worker.scenario.MigratedRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a reader sees of rollouts is what the registry's tables have. */
class RolloutViewsIT {
    private static final String SOURCE = "/tenantry/fleet";
    private static final String REQUESTED = "io.tenantry.migration.requested.v1";

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    private final RolloutViews views = new RolloutViews();
    private final MemberViews members = new MemberViews();

    @Test
    void aRolloutIsSeenWithItsWavesCountsAndTargets() throws SQLException {
        rollout("release-7", "soaking", "now() - interval '1 hour'");
        execute("UPDATE tenantry.rollout SET targets = '{\"users\": {\"version\": \"12\", \"fingerprint\": \"f\"},"
                + " \"audit\": {\"version\": \"3\", \"fingerprint\": \"g\"}}', wave = 1, up_to_date = 7, max_failures = 2,"
                + " reason = 'looked bad', waits_for = 'main is away', soak_until = now() + interval '5 minutes',"
                + " started_at = now() - interval '10 minutes' WHERE rollout = 'release-7'");
        execute("INSERT INTO tenantry.rollout_wave (rollout, wave, name, soak_millis, pause_after, members, in_flight,"
                + " completed, up_to_date, failed, skipped, counted, started_at, completed_at) VALUES"
                + " ('release-7', 2, NULL, 0, false, 90, 0, 0, 0, 0, 0, 0, NULL, NULL),"
                + " ('release-7', 1, 'canary', 300000, true, 10, 1, 4, 2, 2, 1, 1, now(), NULL)");
        execute("INSERT INTO tenantry.rollout_failure VALUES ('release-7', 'lock-timeout', 1),"
                + " ('release-7', 'migration-failed', 4)");

        RolloutView view = find("release-7");

        assertThat(view.state()).isEqualTo(RolloutState.SOAKING);
        assertThat(view.targets()).containsExactly(Map.entry("audit", "3"), Map.entry("users", "12"));
        assertThat(view.drive()).isEqualTo(new RolloutView.Drive("fleet", 4, 32, 2, null));
        assertThat(view.why()).isEqualTo(new RolloutView.Why("looked bad", "main is away"));
        assertThat(view.waves())
                .containsExactly(
                        new WaveView(
                                1,
                                "canary",
                                Duration.ofMinutes(5),
                                true,
                                new MemberCounts(10, 1, 4, 2, 2, 1, 1),
                                Progress.BEGUN),
                        new WaveView(
                                2,
                                null,
                                Duration.ZERO,
                                false,
                                new MemberCounts(90, 0, 0, 0, 0, 0, 0),
                                Progress.NOT_BEGUN));
        assertThat(view.counts()).isEqualTo(new MemberCounts(100, 1, 4, 2, 2, 1, 1));
        assertThat(view.counts().pending()).isEqualTo(91);
        assertThat(view.upToDate()).isEqualTo(7);
        assertThat(view.failures()).containsExactly(Map.entry("migration-failed", 4), Map.entry("lock-timeout", 1));
        assertThat(Objects.requireNonNull(view.times().soakLeft()))
                .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
        assertThat(Objects.requireNonNull(view.times().ran()).toMinutes()).isBetween(10L, 15L);
    }

    @Test
    void oneThatIsNotPlannedYetHasNeitherTargetsNorWaves() throws SQLException {
        rollout("release-7", "waiting", "now()");

        RolloutView view = find("release-7");

        assertThat(view.targets()).isEmpty();
        assertThat(view.waves()).isEmpty();
        assertThat(view.counts()).isEqualTo(MemberCounts.NONE);
        assertThat(view.currentWave()).isNull();
        Optional<RolloutView> other =
                control.registry().inTransaction(connection -> views.find(connection, "release-8"));
        assertThat(other).isEmpty();
    }

    @Test
    void theNewestRolloutsAreListedFirst() throws SQLException {
        rollout("old", "completed", "now() - interval '2 days'");
        execute("UPDATE tenantry.rollout SET finished_at = now()");
        rollout("new", "running", "now()");
        rollout("middle", "halted", "now() - interval '1 day'");

        assertThat(list(false, 10)).containsExactly("new", "middle", "old");
        assertThat(list(true, 10)).containsExactly("new", "middle");
        assertThat(list(false, 1)).containsExactly("new");
    }

    @Test
    void theFailedOnesHaveTheirErrorFromTheLedger() throws SQLException {
        rollout("release-7", "halted", "now()");
        member("acme", "r1", "failed", "migration-failed", "1 minute");
        member("beta", "r2", "failed", "internal", "2 minutes");
        member("gamma", "r3", "completed", null, "3 minutes");
        member("delta", "r4", "failed", "migration-failed", "4 minutes");
        execute("UPDATE tenantry.rollout_member SET dead = true WHERE key = 'beta'");
        ledger(SOURCE, "r1", "acme");
        // Of somebody else, with the same id.
        ledger("/other", "r1", "stranger");
        ledger("/other", "r4", "stranger");

        List<FailedMember> failed = failed(10);

        assertThat(failed).extracting(FailedMember::key).containsExactly("acme", "beta", "delta");
        FailedMember acme = failed.get(0);
        assertThat(Objects.requireNonNull(acme.error()).message()).isEqualTo("relation \"invoices\" already exists");
        assertThat(acme.database()).isEqualTo("users");
        assertThat(failed.get(1).dead()).isTrue();
        assertThat(failed.get(1).result()).isNull();
        assertThat(failed.get(2).result()).isNull();
        assertThat(failed(1)).extracting(FailedMember::key).containsExactly("acme");
        Map<String, Integer> now =
                control.registry().inTransaction(connection -> members.failedNow(connection, "release-7"));
        assertThat(now).containsExactly(Map.entry("migration-failed", 2), Map.entry("internal", 1));
    }

    @Test
    void thoseInFlightForTheLongestTimeComeFirst() throws SQLException {
        rollout("release-7", "running", "now()");
        member("acme", "r1", "pending", null, null);
        member("beta", "r2", "pending", null, null);
        member("gamma", "r3", "pending", null, null);
        execute("UPDATE tenantry.rollout_member SET sent_at = now() - CASE key WHEN 'acme' THEN interval '1 minute'"
                + " WHEN 'beta' THEN interval '2 minutes' END");

        List<InFlightMember> inFlight =
                control.registry().inTransaction(connection -> members.inFlight(connection, "release-7", 10));

        assertThat(inFlight).extracting(InFlightMember::key).containsExactly("beta", "acme");
        assertThat(inFlight.get(0).sent()).isBetween(Duration.ofMinutes(2), Duration.ofMinutes(3));
    }

    @Test
    void theReasonOfARefusalIsInTheOutbox() throws SQLException {
        execute("INSERT INTO tenantry.rollout_event (group_id, partition, position, rollout, id, type, data) VALUES"
                + " ('fleet', 4, 1, 'release-7', 'one', 'io.tenantry.rollout.refused.v1', '{\"rollout\":\"release-7\","
                + "\"target\":\"12\",\"counts\":{\"total\":0,\"completed\":0,\"upToDate\":0,\"failed\":0,\"skipped\":0},"
                + "\"code\":\"target-unknown\",\"reason\":\"nobody has 12\"}')");

        assertThat(refusal("release-7")).contains(new RolloutViews.Refusal("target-unknown", "nobody has 12"));
        assertThat(refusal("release-8")).isEmpty();
    }

    private Optional<RolloutViews.Refusal> refusal(String rollout) throws SQLException {
        return control.registry().inTransaction(connection -> views.refusal(connection, rollout));
    }

    private RolloutView find(String rollout) throws SQLException {
        return control.registry()
                .inTransaction(connection -> views.find(connection, rollout))
                .orElseThrow();
    }

    private List<String> list(boolean onlyActive, int limit) throws SQLException {
        return control.registry().inTransaction(connection -> views.list(connection, onlyActive, limit)).stream()
                .map(RolloutView::name)
                .toList();
    }

    private List<FailedMember> failed(int limit) throws SQLException {
        return control.registry().inTransaction(connection -> members.failed(connection, "release-7", SOURCE, limit));
    }

    private void rollout(String name, String state, String requestedAt) {
        RolloutRequested start = new RolloutRequested(name, List.of(), "latest", List.of(), HaltRule.FIRST_FAILURE);
        execute("INSERT INTO tenantry.rollout (rollout, group_id, partition, state, request, verb_id, verb_source,"
                + " concurrency, requested_at) VALUES ('" + name + "', 'fleet', 4, '" + state + "', '"
                + new String(new EventCodec().encodeData(start), StandardCharsets.UTF_8) + "', 'verb', '/test', 32, "
                + requestedAt + ")");
    }

    private void member(String key, String request, String state, @Nullable String code, @Nullable String endedAgo) {
        execute("INSERT INTO tenantry.rollout_member (rollout, shared, key, databases, wave, request_id, state, code,"
                + " ended_at) VALUES ('release-7', false, '" + key + "', '{users}', 1, '" + request + "', '" + state
                + "', " + (code == null ? "NULL" : "'" + code + "'") + ", "
                + (endedAgo == null ? "NULL" : "now() - interval '" + endedAgo + "'") + ")");
    }

    private void ledger(String source, String id, String tenant) {
        String result = "{\"tenant\":\"" + tenant + "\",\"request\":{\"id\":\"" + id + "\",\"source\":\"" + source
                + "\",\"type\":\"" + REQUESTED
                + "\",\"topic\":\"t\",\"partition\":0,\"offset\":1},\"outcome\":\"failed\","
                + "\"error\":{\"code\":\"migration-failed\",\"message\":\"relation \\\"invoices\\\" already exists\"},"
                + "\"databases\":[{\"database\":\"audit\",\"server\":\"main\",\"location\":\"a\",\"outcome\":\"completed\","
                + "\"durationMs\":1},{\"database\":\"users\",\"server\":\"main\",\"location\":\"u\",\"outcome\":\"failed\","
                + "\"durationMs\":1}],\"attempts\":1,\"worker\":\"w\",\"startedAt\":\"2026-01-01T00:00:00Z\","
                + "\"finishedAt\":\"2026-01-01T00:00:00Z\"}";
        execute("INSERT INTO tenantry.request (source, id, type, key, topic, partition, \"offset\", result_id,"
                + " result_source, result_type, result_time, result) VALUES ('" + source + "', '" + id + "', '"
                + REQUESTED + "', '" + tenant + "', 't', 0, 1, '" + source + id + "', '/x', 'y', now(), '" + result
                + "')");
    }

    private void execute(String sql) {
        control.deployment().executeInRegistry(sql);
    }
}

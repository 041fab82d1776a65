package io.tenantry.worker.registry.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tenantry.worker.scenario.MigratedRegistry;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RolloutCandidatesIT {
    private static final Map<String, String> TARGETS =
            Map.of("users", "u2", "orders", "o2", "billing", "b2", "stats", "s2");
    private static final Set<String> SHARED = Set.of("billing", "stats", "other");

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    private final RolloutCandidates candidates = new RolloutCandidates();

    @Test
    void whoIsAtTheTarget() throws SQLException {
        tenant("there", "{}");
        home("there", "users", "'u2', now()");
        home("there", "orders", "'o2', now()");
        tenant("half", "{}");
        home("half", "users", "'u2', now()");
        home("half", "orders", "'o1', now()");
        tenant("unknown", "{}");
        home("unknown", "users", "NULL, now()");
        tenant("olderReleaseWasThere", "{}");
        home("olderReleaseWasThere", "users", "'u2', now() - interval '1 minute'");
        tenant("elsewhere", "{}");
        home("elsewhere", "archive", "'u2', now()");
        tenant("homeless", "{}");
        control.deployment()
                .executeInRegistry(
                        "INSERT INTO tenantry.shared_database (database, server, location, observed_at,"
                                + " fingerprint_seen, fingerprint_seen_at) VALUES ('billing', 'main', 'billing', now(), 'b2', now())");

        assertThat(find(Map.of()))
                .as("a shared database that was never migrated is one too")
                .containsExactly(
                        new Candidate("half", false, List.of("orders", "users"), false),
                        new Candidate("olderReleaseWasThere", false, List.of("users"), false),
                        new Candidate("there", false, List.of("orders", "users"), true),
                        new Candidate("unknown", false, List.of("users"), false),
                        new Candidate("billing", true, List.of("billing"), true),
                        new Candidate("stats", true, List.of("stats"), false));
        assertThat(candidates(Map.of(), Map.of("users", "u2")))
                .extracting(Candidate::key, Candidate::atTarget)
                .contains(tuple("half", true));
    }

    @Test
    void byAttributes() throws SQLException {
        tenant("acme", "{\"plan\": \"gold\", \"region\": \"eu\", \"size\": \"3\"}");
        home("acme", "users", "NULL, NULL");
        tenant("globex", "{\"plan\": \"gold\", \"region\": \"us\"}");
        home("globex", "users", "NULL, NULL");

        assertThat(candidates(Map.of("plan", "gold", "region", "eu"), Map.of("users", "u2")))
                .extracting(Candidate::key)
                .containsExactly("acme");
        assertThat(candidates(Map.of("plan", "gold"), Map.of("users", "u2")))
                .extracting(Candidate::key)
                .containsExactly("acme", "globex");
        assertThat(candidates(Map.of("plan\"", "'"), Map.of("users", "u2"))).isEmpty();
    }

    @Test
    void conflictsWithOtherActiveRollouts() throws SQLException {
        rollout("active", "NULL");
        member("active", "acme", false, "users,orders");
        member("active", "globex", false, "users");
        member("active", "billing", true, "billing");
        rollout("done", "now()");
        member("done", "initech", false, "users");
        rollout("mine", "NULL");
        member("mine", "umbrella", false, "users");

        assertThat(conflicts(member("acme", "users"), member("globex", "users", "orders"), member("initech", "users")))
                .containsExactly(new Conflict("active", 2, "acme"));
        assertThat(conflicts(new NewMember(true, "billing", List.of("billing"), 1)))
                .containsExactly(new Conflict("active", 1, "billing"));
        assertThat(conflicts(
                        member("globex", "orders"),
                        member("billing", "billing"),
                        member("umbrella", "users"),
                        member("initech", "users")))
                .as("another database, a tenant of that name, its own member, a rollout that has ended")
                .isEmpty();
        assertThat(conflicts()).isEmpty();
    }

    private List<Candidate> find(Map<String, String> attributes) throws SQLException {
        return candidates(attributes, TARGETS);
    }

    private List<Candidate> candidates(Map<String, String> attributes, Map<String, String> targets)
            throws SQLException {
        return control.registry().inTransaction(connection -> candidates.find(connection, attributes, targets, SHARED));
    }

    private List<Conflict> conflicts(NewMember... members) throws SQLException {
        return control.registry()
                .inTransaction(connection -> candidates.conflicts(connection, "mine", List.of(members)));
    }

    private static NewMember member(String tenant, String... databases) {
        return new NewMember(false, tenant, List.of(databases), 1);
    }

    private void tenant(String name, String attributes) {
        control.deployment()
                .executeInRegistry("INSERT INTO tenantry.tenant (tenant, attributes) VALUES ('" + name + "', '"
                        + attributes + "')");
    }

    /** @param fingerprint and the time that goes with it, as SQL; it was last seen now */
    private void home(String tenant, String database, String fingerprint) {
        control.deployment()
                .executeInRegistry("INSERT INTO tenantry.tenant_home (tenant, database, server, location, observed_at,"
                        + " fingerprint_seen, fingerprint_seen_at) VALUES ('" + tenant + "', '" + database
                        + "', 'main', 'x', now(), "
                        + fingerprint + ")");
    }

    private void rollout(String name, String finishedAt) {
        control.deployment()
                .executeInRegistry(
                        "INSERT INTO tenantry.rollout (rollout, group_id, partition, state, request, verb_id,"
                                + " verb_source, concurrency, finished_at) VALUES ('" + name
                                + "', 'g', 0, 'running', '{}', 'v', 's', 1, " + finishedAt + ")");
    }

    private void member(String rollout, String key, boolean shared, String databases) {
        control.deployment()
                .executeInRegistry(
                        "INSERT INTO tenantry.rollout_member (rollout, shared, key, databases, wave, request_id)"
                                + " VALUES ('" + rollout + "', " + shared + ", '" + key + "', string_to_array('"
                                + databases
                                + "', ','), 1, '" + rollout + key + "')");
    }
}

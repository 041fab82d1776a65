package io.tenantry.worker.scenario;

/** A rollout as the registry has it when its requests are sent, for tests in which nobody drives it. */
public final class RolloutRows {
    private static final String NAME = "spring";

    private final Deployment deployment;

    /** The rollout gets one wave, without members. */
    public RolloutRows(Deployment deployment) {
        this.deployment = deployment;
        deployment.executeInRegistry(
                "INSERT INTO tenantry.rollout (rollout, group_id, partition, state, request, verb_id,"
                        + " verb_source, concurrency) VALUES ('" + NAME + "', '"
                        + deployment.settings().kafka().groupId()
                        + "', 0, 'running', '{}', 'start', '/release', 10); INSERT INTO"
                        + " tenantry.rollout_wave (rollout, wave, members) VALUES ('" + NAME + "', 1, 0)");
    }

    /** The name of the rollout. */
    public String name() {
        return NAME;
    }

    /** {@code ce_source} of its requests. */
    public String source() {
        return deployment.settings().kafka().eventSource();
    }

    /** Adds a member whose request was sent. */
    public void sent(String tenant, String requestId) {
        deployment.executeInRegistry("INSERT INTO tenantry.rollout_member (rollout, shared, key, databases, wave,"
                + " request_id, sent_at) VALUES ('" + NAME + "', false, '" + tenant + "', '{users}', 1, '" + requestId
                + "', now()); UPDATE tenantry.rollout_wave SET members = members + 1, in_flight = in_flight + 1");
    }

    /** State and code of a member, and whether it ended with a dead letter. */
    public String member(String tenant) {
        return deployment
                .queryRegistry("SELECT concat_ws(' ', state, code, CASE WHEN dead THEN 'dead' END) FROM"
                        + " tenantry.rollout_member WHERE key = '" + tenant + "'")
                .get(0);
    }

    /** How many members are in flight, and failed. */
    public String counts() {
        return deployment
                .queryRegistry("SELECT in_flight || ' in flight, ' || failed || ' failed' FROM tenantry.rollout_wave")
                .get(0);
    }
}

package io.tenantry.contracts;

/** The ids of a rollout's requests and events, made from what they are about: the same one always gets the same id. */
public final class RolloutIds {
    private RolloutIds() {}

    /**
     * The {@code ce_id} of the {@code migration.requested} of a rollout.
     *
     * @param key the tenant, or the shared database
     * @param shared whether it is a shared database
     * @param attempt from 1
     */
    public static String request(String rollout, String key, boolean shared, int attempt) {
        return ResultId.uuid5(
                        ResultId.NAMESPACE,
                        "rollout request\n" + rollout + '\n' + (shared ? "database" : "tenant") + '\n' + key + '\n'
                                + attempt)
                .toString();
    }

    /**
     * The {@code ce_id} of an event of {@code rollout.results}.
     *
     * @param sequence of the rollout's event, from 1; a refusal has none, see {@link #refusal}
     */
    public static String event(String rollout, long sequence) {
        return ResultId.uuid5(ResultId.NAMESPACE, "rollout event\n" + rollout + '\n' + sequence)
                .toString();
    }

    /**
     * The {@code ce_id} of {@code rollout.refused}. It is made of the request, because a refused one changes nothing: also
     * a rollout that does not exist can be refused, and several requests with its name.
     *
     * @param source the {@code ce_source} of the refused request
     * @param id the {@code ce_id} of the refused request
     */
    public static String refusal(String source, String id) {
        return ResultId.uuid5(ResultId.NAMESPACE, "rollout refusal\n" + source + '\n' + id)
                .toString();
    }
}

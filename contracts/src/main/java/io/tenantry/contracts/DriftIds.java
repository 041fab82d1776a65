package io.tenantry.contracts;

/** The ids of the events of {@code tenant.drift}, made from what they are about. */
public final class DriftIds {
    private DriftIds() {}

    /**
     * The {@code ce_id} of {@code tenant.drifted}.
     *
     * @param key the tenant, or the shared database
     * @param shared whether all tenants share the database
     * @param database the named database
     * @param episode the number of this time that the home differs: no two times have the same
     */
    public static String drifted(String key, boolean shared, String database, long episode) {
        return id("drifted", key, shared, database, episode);
    }

    /** The {@code ce_id} of {@code tenant.drift-cleared} that ends the same time. */
    public static String cleared(String key, boolean shared, String database, long episode) {
        return id("cleared", key, shared, database, episode);
    }

    private static String id(String what, String key, boolean shared, String database, long episode) {
        return ResultId.uuid5(
                        ResultId.NAMESPACE,
                        "tenant drift\n" + what + '\n' + (shared ? "database" : "tenant") + '\n' + key + '\n' + database
                                + '\n' + episode)
                .toString();
    }
}

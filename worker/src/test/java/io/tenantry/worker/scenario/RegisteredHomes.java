package io.tenantry.worker.scenario;

import java.util.List;

/** The homes that the registry has, beside the migrations that the workers advertise. */
public final class RegisteredHomes {
    private RegisteredHomes() {}

    /**
     * One text for each home or shared database, as {@code acme users 2 known}, in order. It is {@code known} if its
     * fingerprint is the advertised one of its version, {@code unknown} if it has none, and {@code other} otherwise.
     */
    public static List<String> of(Deployment deployment) {
        return deployment.queryRegistry(
                "SELECT DISTINCT concat_ws(' ', tenant, database, version, CASE WHEN fingerprint IS"
                        + " NULL THEN 'unknown' WHEN fingerprint = versions ->> version THEN"
                        + " 'known' ELSE 'other' END) FROM (SELECT tenant, database, version, fingerprint FROM tenantry.tenant_home UNION ALL SELECT NULL, database, version, fingerprint FROM tenantry.shared_database) AS homes LEFT JOIN tenantry.worker_catalog"
                        + " USING (database) ORDER BY 1");
    }
}

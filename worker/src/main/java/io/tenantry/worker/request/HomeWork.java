package io.tenantry.worker.request;

import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.step.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done on one home.
 *
 * @param provisioning comes first, in the server's own database, because the home cannot be connected to before; null
 *     if it can
 * @param steps in order, where the home is; the first that is refused ends them
 */
public record HomeWork(
        TenantHome home, Server server, @Nullable Step provisioning, List<Step> steps) {
    /** Work on a home that can be connected to. */
    public static HomeWork of(TenantHome home, Server server, Step... steps) {
        return new HomeWork(home, server, null, List.of(steps));
    }
}

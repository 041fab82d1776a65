package io.tenantry.worker.request;

import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.step.FastPath;
import io.tenantry.worker.step.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The work on one home.
 *
 * @param provisioning runs first, in the server's own database, because the home cannot be connected to before; null
 *     if it can
 * @param fastPath does the work of all steps, if it can
 * @param steps run in this order, where the home is, if the fast path could not; the first that is refused ends them
 * @param tracker what the fast path and the steps have seen of the home
 */
public record HomeWork(
        TenantHome home,
        Server server,
        @Nullable Step provisioning,
        FastPath fastPath,
        List<Step> steps,
        VersionTracker tracker) {}

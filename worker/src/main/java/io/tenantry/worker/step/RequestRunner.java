package io.tenantry.worker.step;

import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.config.RetrySettings;
import io.tenantry.worker.config.WorkerSettings;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.TenantRecord;
import io.tenantry.worker.telemetry.Outage;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What all requests of a worker share. Safe for use by many threads. */
public final class RequestRunner {
    private final Parts parts;
    private final Onboarding onboarding;
    private final Upgrade upgrade;
    private final Outage registryOutage;
    private final Map<String, Outage> serverOutages = new ConcurrentHashMap<>();

    /**
     * What requests are run with.
     *
     * @param workerId named in results
     */
    public record Parts(
            Fleet fleet,
            Registry registry,
            Outcomes outcomes,
            WorkerSettings settings,
            RetrySettings retry,
            Clock clock,
            String workerId) {}

    public RequestRunner(Parts parts) {
        this.parts = parts;
        this.onboarding = new Onboarding(parts.fleet());
        this.upgrade = new Upgrade(parts.fleet());
        this.registryOutage = new Outage("the registry", "requests wait before they start", parts.clock());
    }

    /** The task that brings a request to its outcome. */
    public Task task(Request request) {
        return new RequestRun(request, this);
    }

    Parts parts() {
        return parts;
    }

    Outage registryOutage() {
        return registryOutage;
    }

    Outage serverOutage(String server) {
        return serverOutages.computeIfAbsent(
                server, name -> new Outage("server " + name, "its tenants wait", parts.clock()));
    }

    Resolution resolve(TenantRequest request, TenantRecord known) {
        if (request instanceof TenantCreated created) {
            return onboarding.resolve(created, known);
        }
        return upgrade.resolve((MigrationRequested) request, known);
    }
}

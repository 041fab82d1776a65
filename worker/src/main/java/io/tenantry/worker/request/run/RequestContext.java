package io.tenantry.worker.request.run;

import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.RetrySettings;
import io.tenantry.worker.config.WorkerSettings;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.registry.NewTenant;
import io.tenantry.worker.registry.Placements;
import io.tenantry.worker.registry.TenantRecord;
import io.tenantry.worker.request.Fleet;
import io.tenantry.worker.request.HomeVerification;
import io.tenantry.worker.request.Outcomes;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RequestTypes;
import io.tenantry.worker.request.Resolution;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import io.tenantry.worker.telemetry.RequestMeters;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The objects that all requests of a worker share. Safe for use by many threads. */
public final class RequestContext {
    private final Parts parts;
    private final ExclusiveQueue turns = new ExclusiveQueue();
    private final HaltsSeen halts = new HaltsSeen();
    private final RequestTypes types;

    /**
     * The parts that requests need.
     *
     * @param placing chooses servers of new homes
     * @param rollouts recognizes their requests, and knows what they do
     * @param verification compares homes before their results
     * @param outages of the registry and of each server
     * @param clock for times that are shown
     * @param nanoTime for everything that is waited for; as {@link System#nanoTime}
     */
    public record Parts(
            Fleet fleet,
            LookupBatcher lookups,
            Placing placing,
            Outcomes outcomes,
            RolloutActivities rollouts,
            HomeVerification verification,
            Outages outages,
            Policy policy,
            Meters meters,
            Clock clock,
            LongSupplier nanoTime,
            String workerId) {}

    /** The outage of the registry, and one for each server by name. */
    public record Outages(Outage registry, Map<String, Outage> servers) {}

    /** The settings for how long, and how often, work is tried. */
    public record Policy(WorkerSettings worker, RetrySettings retry) {}

    public RequestContext(Parts parts) {
        this.parts = parts;
        this.types = new RequestTypes(parts.fleet());
    }

    /** The task that brings a request to its outcome. */
    public Task task(Request request) {
        return parts.rollouts().observed(request, new RequestRun(request, this));
    }

    /**
     * The names of the servers that a request needs, as far as the configuration shows it; empty if only the registry
     * knows in which databases the tenant has a home.
     */
    public Set<String> servers(TenantRequest request) {
        return parts.fleet().servers(request);
    }

    Outcomes outcomes() {
        return parts.outcomes();
    }

    Policy policy() {
        return parts.policy();
    }

    String workerId() {
        return parts.workerId();
    }

    Instant now() {
        return parts.clock().instant();
    }

    long nanoTime() {
        return parts.nanoTime().getAsLong();
    }

    /** What the registry has of the tenant; of a signup, with the servers of its new homes where there is a choice. */
    CompletableFuture<TenantRecord> lookUp(Request request) {
        return parts.outcomes()
                .whenWritten(request.key())
                .thenCompose(done -> parts.lookups().ask(request, isOfRollout(request)))
                .thenCompose(known -> place(request.data(), known));
    }

    private CompletableFuture<TenantRecord> place(TenantRequest request, TenantRecord known) {
        List<DatabaseSettings> databases = parts.fleet().toPlace(request, known);
        String tenant = request.tenant();
        if (tenant == null || databases.isEmpty()) {
            // An open place of another signup is not this one's to give back.
            return CompletableFuture.completedFuture(known.placed(Placements.NONE));
        }
        return parts.placing().place(new NewTenant(tenant, databases)).thenApply(known::placed);
    }

    /** Whether a rollout sent it: then it is skipped if the rollout is halted before it begins. */
    boolean isOfRollout(Request request) {
        return parts.rollouts().include(request);
    }

    /** The request works on a home in this session. */
    void session(Request request, String server, int pid, Supplier<String> script) {
        parts.rollouts().session(request, server, pid, script);
    }

    /** Compares homes before their results. */
    HomeVerification verification() {
        return parts.verification();
    }

    /** What is known of the halts of rollouts. */
    HaltsSeen halts() {
        return halts;
    }

    /** The turns of scripts that run outside a transaction. */
    ExclusiveQueue turns() {
        return turns;
    }

    RequestMeters meters() {
        return parts.meters().requests();
    }

    void countRetry(SQLException cause) {
        meters().retry(SqlFailure.of(cause).label());
    }

    ServerHealth registryHealth() {
        return new ServerHealth(parts.outages().registry());
    }

    ServerHealth health(String server) {
        Outage outage = parts.outages().servers().get(server);
        if (outage == null) {
            throw new IllegalArgumentException("server " + server + " is not in the configuration");
        }
        return new ServerHealth(outage);
    }

    Resolution resolve(TenantRequest request, TenantRecord known) {
        return types.resolve(request, known);
    }
}

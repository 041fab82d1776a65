package io.tenantry.worker.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;

/**
 * The meters of a worker, by what they measure. Only this package names meters; {@code ops/README.md} has the table of
 * them. No meter has a tenant in a tag: a fleet has too many, and their names are private. Safe for use by any thread.
 */
public final class Meters {
    private final MeterRegistry registry;
    private final RequestMeters requests;
    private final SettlingMeters settling;
    private final IntakeMeters intake;
    private final LaneMeters lanes;
    private final ConnectionMeters connections;
    private final RolloutMeters rollouts;
    private final DriftMeters drift;
    private final WorkerMeters worker;
    private final LibraryMeters libraries;

    /** Registers at once the meters without tags, so that a counter is 0 and not missing. */
    public Meters(MeterRegistry registry) {
        this(registry, System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime} */
    Meters(MeterRegistry registry, LongSupplier nanoTime) {
        this.registry = registry;
        Gauges gauges = new Gauges(registry);
        this.requests = new RequestMeters(registry);
        this.settling = new SettlingMeters(registry, gauges, nanoTime);
        this.intake = new IntakeMeters(gauges);
        this.lanes = new LaneMeters(registry, gauges);
        this.connections = new ConnectionMeters(gauges);
        this.rollouts = new RolloutMeters(registry, gauges);
        this.drift = new DriftMeters(registry, gauges);
        this.worker = new WorkerMeters(registry, gauges);
        this.libraries = new LibraryMeters(registry);
    }

    /** What becomes of requests. */
    public RequestMeters requests() {
        return requests;
    }

    /** How outcomes reach the ledger and Kafka. */
    public SettlingMeters settling() {
        return settling;
    }

    /** The requests and partitions that the worker has. */
    public IntakeMeters intake() {
        return intake;
    }

    /** The tenants with work, and what requests wait for. */
    public LaneMeters lanes() {
        return lanes;
    }

    /** What is received and published for rollouts. */
    public RolloutMeters rollouts() {
        return rollouts;
    }

    /** How homes are compared with what their migrations make. */
    public DriftMeters drift() {
        return drift;
    }

    /** The connections to servers. */
    public ConnectionMeters connections() {
        return connections;
    }

    /** The meters of libraries and of the JVM. */
    public LibraryMeters libraries() {
        return libraries;
    }

    /** The state of the worker and of the fleet. */
    public WorkerMeters worker() {
        return worker;
    }

    /** The work that waits for this worker; nothing is shown yet. One for each time that the worker joins its group. */
    public BacklogMeters backlog() {
        return new BacklogMeters(registry);
    }
}

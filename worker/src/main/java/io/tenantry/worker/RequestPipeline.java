package io.tenantry.worker;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.history.AppliedBy;
import io.tenantry.worker.housekeeping.FleetCount;
import io.tenantry.worker.housekeeping.LedgerPruning;
import io.tenantry.worker.housekeeping.RolloutWaitReport;
import io.tenantry.worker.housekeeping.TemplateKeeper;
import io.tenantry.worker.housekeeping.TenantCensus;
import io.tenantry.worker.intake.Alarms;
import io.tenantry.worker.intake.PollLoop;
import io.tenantry.worker.intake.PollLoopParts;
import io.tenantry.worker.intake.admission.MemoryLimits;
import io.tenantry.worker.lane.Backoff;
import io.tenantry.worker.lane.Lanes;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.lane.Waits;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.RolloutTransactions;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.request.Fleet;
import io.tenantry.worker.request.HomeVerification;
import io.tenantry.worker.request.Outcomes;
import io.tenantry.worker.request.RolloutRequests;
import io.tenantry.worker.request.run.LookupBatcher;
import io.tenantry.worker.request.run.PlacementBatcher;
import io.tenantry.worker.request.run.RequestContext;
import io.tenantry.worker.request.run.RolloutActivities;
import io.tenantry.worker.rollout.ProgressWatch;
import io.tenantry.worker.rollout.RolloutDriver;
import io.tenantry.worker.rollout.RolloutTerms;
import io.tenantry.worker.rollout.RolloutWork;
import io.tenantry.worker.rollout.Rollouts;
import io.tenantry.worker.settle.Publisher;
import io.tenantry.worker.settle.RegistryStore;
import io.tenantry.worker.settle.Settler;
import io.tenantry.worker.startup.ProvenCatalogs;
import io.tenantry.worker.telemetry.LaneMeters;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.RequestMeters;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts that bring requests from Kafka to their results, from joining the consumer group to leaving it. Runs once;
 * {@link #stop} may be called by any thread.
 */
final class RequestPipeline {
    private static final Logger LOG = LoggerFactory.getLogger(RequestPipeline.class);

    private final Resources resources;
    private final Settings settings;
    private final Fleet fleet;
    private final ProvenCatalogs catalogs;
    private final Consumer<Error> fatal;
    private volatile @Nullable PollLoop running;
    private volatile boolean stopped;
    private volatile boolean expelled;

    /**
     * Starts nothing yet.
     *
     * @param catalogs of all databases
     * @param fatal called with an error after which the process must not go on
     */
    RequestPipeline(Resources resources, ProvenCatalogs catalogs, Consumer<Error> fatal) {
        this.resources = resources;
        this.settings = resources.settings();
        this.fleet = ConfiguredFleet.of(resources, catalogs);
        this.catalogs = catalogs;
        this.fatal = fatal;
    }

    /** Whether it ended because the worker is no member of the group any more. */
    boolean isExpelled() {
        return expelled;
    }

    /** Joins the group, and works until {@link #stop}, and until what runs then has ended or the drain is over. */
    void run() {
        Registry registry = resources.registry();
        Meters meters = resources.meters();
        String id = resources.id();
        String group = settings.kafka().groupId();
        int concurrency = resources.threads().count();
        ProgressWatch driven = new ProgressWatch(System::nanoTime);
        Waits waits = new Waits(reason -> meters.lanes().waitBegun(reason.tag()));
        RolloutActivities activities = new RolloutActivities(
                new RolloutRequests(settings.kafka().eventSource()),
                resources.lease()::applicationName,
                System::nanoTime);
        try (TemplateKeeper templates =
                        new TemplateKeeper(fleet.templates(), resources.servers(), registry, id, fatal);
                Lanes lanes = new Lanes(concurrency, new Backoff(settings.retry()), waits, fatal);
                LookupBatcher lookups = new LookupBatcher(registry);
                PlacementBatcher placing = new PlacementBatcher(registry);
                Settler settler = new Settler(
                        new RegistryStore(registry),
                        resources.registryOutage(),
                        meters,
                        settings.kafka().eventSource(),
                        signup -> signup
                                ? lanes.isSaturatedByInteractive() && lanes.hasInteractiveWork()
                                : lanes.isSaturated() && lanes.hasWork(),
                        fatal);
                LedgerPruning pruning =
                        new LedgerPruning(registry, settings.registry().ledgerRetention(), meters.settling(), fatal);
                RolloutWaitReport rolloutWaits = new RolloutWaitReport(
                        new RolloutWaitReport.Parts(
                                activities,
                                resources.servers(),
                                new RolloutTransactions(registry),
                                group,
                                resources.lease()::applicationName,
                                fatal),
                        RolloutWaitReport.INTERVAL);
                TenantCensus census =
                        new TenantCensus(new FleetCount(registry, settings.databases()), meters.worker(), fatal);
                RolloutDriver rollouts = new RolloutDriver(
                        new RolloutWork(
                                registry,
                                RolloutTerms.of(settings, settings.kafka().eventSource()),
                                driven,
                                resources.clock(),
                                System::nanoTime),
                        resources.registryOutage(),
                        fatal);
                HomeComparisons comparisons = new HomeComparisons(resources, catalogs, () -> stopped, fatal);
                Publisher publisher = new Publisher(
                        settings.kafka(), resources.transactionalId(), resources.publishOutage(), meters.libraries())) {
            Outcomes outcomes = new SampledOutcomes(settler, comparisons::changed);
            PollLoop loop = pollLoop(
                    context(lookups, placing, outcomes, comparisons.verification(), activities),
                    lanes,
                    settler,
                    rollouts,
                    publisher);
            templates.start();
            measure(lanes, waits);
            measure(driven);
            running = loop;
            if (stopped) {
                // It was stopped before there was anything to be stopped.
                loop.stop(settings.worker().drainTimeout());
            }
            LOG.info("worker {} joins group {}; {} tenants at once", id, group, concurrency);
            loop.run();
        } finally {
            running = null;
            resources.forgetOutages();
        }
        LOG.info("worker {} has ended", id);
    }

    /** Drains, and makes {@link #run} return. May be called before that, and again. */
    void stop() {
        stopped = true;
        PollLoop loop = running;
        if (loop != null) {
            loop.stop(settings.worker().drainTimeout());
        }
    }

    private RequestContext context(
            LookupBatcher lookups,
            PlacementBatcher placing,
            Outcomes outcomes,
            HomeVerification verification,
            RolloutActivities activities) {
        return new RequestContext(new RequestContext.Parts(
                fleet,
                lookups,
                placing,
                outcomes,
                activities,
                verification,
                new RequestContext.Outages(resources.registryOutage(), resources.serverOutages()),
                new RequestContext.Policy(settings.worker(), settings.retry()),
                resources.meters(),
                resources.clock(),
                System::nanoTime,
                resources.id()));
    }

    private PollLoop pollLoop(
            RequestContext context, Lanes lanes, Settler settler, Rollouts rollouts, Publisher publisher) {
        return new PollLoop(new PollLoopParts(
                settings.kafka(),
                context::task,
                context::servers,
                MemoryLimits.of(
                        Runtime.getRuntime().maxMemory(), resources.servers().size()),
                lanes,
                settler,
                rollouts,
                publisher,
                resources.meters(),
                new Alarms(resources.kafkaOutage(), resources.health(), this::expelled, fatal),
                System::nanoTime));
    }

    private void expelled() {
        expelled = true;
        stop();
    }

    private void measure(ProgressWatch driven) {
        for (RolloutState state : RolloutState.values()) {
            if (!state.isFinal()) {
                resources.meters().rollouts().driven(state.label(), () -> driven.inState(state));
            }
        }
        resources.meters().rollouts().stalled(() -> driven.longestStall().toMillis() / 1000.0);
    }

    private void measure(Lanes lanes, Waits waits) {
        LaneMeters meters = resources.meters().lanes();
        meters.lanes(lanes::running, lanes::waiting);
        for (WaitReason reason : WaitReason.values()) {
            meters.waiting(reason.tag(), () -> waits.count(reason));
        }
        RequestMeters requests = resources.meters().requests();
        requests.databases(
                settings.databases().stream().map(DatabaseSettings::name).toList(),
                Stream.of(AppliedBy.values()).map(AppliedBy::label).toList());
    }
}

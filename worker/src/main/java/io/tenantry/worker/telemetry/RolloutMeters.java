package io.tenantry.worker.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.Topic;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;

/** What this worker receives and publishes for rollouts, and its events of drift, which go the same way. Safe for use by any thread. */
public final class RolloutMeters {
    private final Gauges gauges;
    private final MeterProvider<Counter> received;
    private final MeterProvider<Counter> answered;
    private final MeterProvider<Counter> events;
    private final MeterProvider<Counter> drift;
    private final Counter attempts;

    /** Registers the counters of all actions and types, so that they are 0 and not missing. */
    RolloutMeters(MeterRegistry registry, Gauges gauges) {
        this.gauges = gauges;
        this.received = Counter.builder("tenantry.rollout.verbs.received")
                .description("Records of rollout.requested that were received")
                .withRegistry(registry);
        this.answered = Counter.builder("tenantry.rollout.verbs.answered")
                .description("Records of rollout.requested that were executed, refused, or known from before")
                .withRegistry(registry);
        this.events = Counter.builder("tenantry.rollout.events")
                .description("Events that were published to rollout.results")
                .withRegistry(registry);
        this.drift = Counter.builder("tenantry.drift.events")
                .description("Events that were published to tenant.drift")
                .withRegistry(registry);
        this.attempts = Counter.builder("tenantry.rollout.attempts")
                .description("Requests of rollouts that were published to migration.requested")
                .register(registry);
        for (RolloutAction action : RolloutAction.values()) {
            received.withTags("action", action.wireName()).increment(0);
            answered.withTags("action", action.wireName()).increment(0);
        }
        for (EventType type : EventType.values()) {
            if (type.topic() == Topic.ROLLOUT_RESULTS) {
                events.withTags("type", type.fileName()).increment(0);
            } else if (type.topic() == Topic.TENANT_DRIFT) {
                drift.withTags("type", type.fileName()).increment(0);
            }
        }
    }

    /** A verb was received, for the first time by this worker or again. */
    public void verbReceived(RolloutAction action) {
        received.withTags("action", action.wireName()).increment();
    }

    /** The answer to a verb is in the registry. */
    public void verbAnswered(RolloutAction action) {
        answered.withTags("action", action.wireName()).increment();
    }

    /** An event of this {@code ce_type} was published. */
    public void eventPublished(String type) {
        boolean isDrift = EventType.of(type)
                .filter(one -> one.topic() == Topic.TENANT_DRIFT)
                .isPresent();
        (isDrift ? drift : events)
                .withTags("type", EventType.of(type).map(EventType::fileName).orElse("other"))
                .increment();
    }

    /** A request was published. */
    public void attemptPublished() {
        attempts.increment();
    }

    /** Rollouts in this state that this worker drives. */
    public void driven(String state, IntSupplier rollouts) {
        gauges.count(
                "tenantry.rollouts",
                "Rollouts that this worker drives and that have not ended",
                rollouts,
                "state",
                state);
    }

    /** The longest time, in seconds, since a rollout that this worker drives has made progress; 0 if all do. */
    public void stalled(DoubleSupplier seconds) {
        gauges.seconds(
                "tenantry.rollout.stalled",
                "The longest time since a rollout with unanswered requests, or one that waits, has made progress",
                seconds);
    }
}

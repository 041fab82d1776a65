package io.tenantry.contracts;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every event of Tenantry: its {@code ce_type}, its topic and its data. */
public enum EventType {
    TENANT_CREATED("tenant.created", Topic.TENANT_CREATED, TenantCreated.class),
    MIGRATION_REQUESTED("migration.requested", Topic.MIGRATION_REQUESTED, MigrationRequested.class),

    TENANT_ONBOARDED("tenant.onboarded", Topic.TENANT_RESULTS, TenantResult.class),
    ONBOARDING_FAILED("tenant.onboarding-failed", Topic.TENANT_RESULTS, TenantResult.class),
    MIGRATION_COMPLETED("migration.completed", Topic.TENANT_RESULTS, TenantResult.class),
    MIGRATION_FAILED("migration.failed", Topic.TENANT_RESULTS, TenantResult.class),
    MIGRATION_SKIPPED("migration.skipped", Topic.TENANT_RESULTS, TenantResult.class),

    ROLLOUT_REQUESTED("rollout.requested", Topic.ROLLOUT_REQUESTED, RolloutRequested.class),

    ROLLOUT_STARTED("rollout.started", Topic.ROLLOUT_RESULTS, RolloutResult.class),
    ROLLOUT_REFUSED("rollout.refused", Topic.ROLLOUT_RESULTS, RolloutResult.class),
    ROLLOUT_WAVE_STARTED("rollout.wave-started", Topic.ROLLOUT_RESULTS, RolloutResult.class),
    ROLLOUT_WAVE_COMPLETED("rollout.wave-completed", Topic.ROLLOUT_RESULTS, RolloutResult.class),
    ROLLOUT_PAUSED("rollout.paused", Topic.ROLLOUT_RESULTS, RolloutResult.class),
    ROLLOUT_RESUMED("rollout.resumed", Topic.ROLLOUT_RESULTS, RolloutResult.class),
    ROLLOUT_HALTED("rollout.halted", Topic.ROLLOUT_RESULTS, RolloutResult.class),
    ROLLOUT_RETRYING("rollout.retrying", Topic.ROLLOUT_RESULTS, RolloutResult.class),
    ROLLOUT_ABORTED("rollout.aborted", Topic.ROLLOUT_RESULTS, RolloutResult.class),
    ROLLOUT_COMPLETED("rollout.completed", Topic.ROLLOUT_RESULTS, RolloutResult.class),

    TENANT_DRIFTED("tenant.drifted", Topic.TENANT_DRIFT, TenantDrift.class),
    DRIFT_CLEARED("tenant.drift-cleared", Topic.TENANT_DRIFT, TenantDrift.class);

    private static final Map<String, EventType> BY_TYPE =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(EventType::type, Function.identity()));

    private final String name;
    private final Topic topic;
    private final Class<? extends EventData> dataType;

    EventType(String name, Topic topic, Class<? extends EventData> dataType) {
        this.name = name;
        this.topic = topic;
        this.dataType = dataType;
    }

    /** The {@code ce_type}, as in {@code io.tenantry.tenant.created.v1}. */
    public String type() {
        return "io.tenantry." + name + ".v1";
    }

    /** The one topic that carries this event. */
    public Topic topic() {
        return topic;
    }

    public Class<? extends EventData> dataType() {
        return dataType;
    }

    /** The name of this event in file names, as in {@code tenant-created}. */
    public String fileName() {
        return name.replace('.', '-');
    }

    /** The file with the JSON Schema of the data, as in {@code tenant-created.v1.json}. */
    public String schema() {
        return fileName() + ".v1.json";
    }

    /** The event of a {@code ce_type}; empty if Tenantry has no such event. */
    public static Optional<EventType> of(String type) {
        return Optional.ofNullable(BY_TYPE.get(type));
    }
}

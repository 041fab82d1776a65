package io.tenantry.contracts;

/** The data of an event. A record of this type that exists is valid: the constructors refuse what is not. */
public sealed interface EventData permits TenantRequest, TenantResult, RolloutRequested, RolloutResult, TenantDrift {
    /** The key of the Kafka record: the tenant, the shared database or the rollout that the event is about. */
    String key();
}

package io.tenantry.contracts;

import java.util.Arrays;
import java.util.Optional;

/**
 * The types of requests for one tenant or shared database, with the events that ask and answer. A switch over a type has no
 * default: after a type is added, the compiler names each place that must say what the type means there.
 */
public enum RequestType {
    /** Gives a tenant its homes. */
    ONBOARDING("onboarding", EventType.TENANT_CREATED, EventType.TENANT_ONBOARDED, EventType.ONBOARDING_FAILED),
    /** Brings existing homes to a version. */
    MIGRATION("migration", EventType.MIGRATION_REQUESTED, EventType.MIGRATION_COMPLETED, EventType.MIGRATION_FAILED);

    private final String noun;
    private final EventType event;
    private final EventType succeeded;
    private final EventType failed;

    RequestType(String noun, EventType event, EventType succeeded, EventType failed) {
        this.noun = noun;
        this.event = event;
        this.succeeded = succeeded;
        this.failed = failed;
    }

    /** The type of the requests that this event carries; empty if the event is no request for a tenant or shared database. */
    public static Optional<RequestType> of(EventType event) {
        return Arrays.stream(values()).filter(type -> type.event == event).findFirst();
    }

    /** What people call it, as in {@code onboarding of acme}. */
    public String noun() {
        return noun;
    }

    /** The event that asks for it. The event's topic is the topic of the requests. */
    public EventType event() {
        return event;
    }

    /** The event of a result after which nothing is left to do. */
    public EventType succeeded() {
        return succeeded;
    }

    /** The event of a result that names an error. */
    public EventType failed() {
        return failed;
    }
}

package io.tenantry.worker.intake;

import io.tenantry.worker.telemetry.Health;
import io.tenantry.worker.telemetry.Outage;
import java.util.function.Consumer;

/**
 * The receivers of the poll loop's failures.
 *
 * @param kafka when no broker answers
 * @param expelled when this consumer is no member of the group any more and cannot become one again; a new one may
 * @param fatal of an error after which the process must not go on
 */
public record Alarms(Outage kafka, Health health, Runnable expelled, Consumer<Error> fatal) {}

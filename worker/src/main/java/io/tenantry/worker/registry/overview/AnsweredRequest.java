package io.tenantry.worker.registry.overview;

import io.tenantry.contracts.TenantResult;
import java.time.Instant;

/**
 * A request in the ledger.
 *
 * @param result as it was or will be published
 * @param published whether it is known to have reached Kafka
 * @param finishedAt when it was written, by the registry's clock
 */
public record AnsweredRequest(TenantResult result, boolean published, Instant finishedAt) {}

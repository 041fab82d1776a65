package io.tenantry.worker.registry;

/**
 * The ledger's entry for an identity.
 *
 * @param entry the first one that was recorded, which is the one that counts
 * @param published whether its result is known to have reached Kafka
 */
public record Recorded(LedgerEntry entry, boolean published) {}

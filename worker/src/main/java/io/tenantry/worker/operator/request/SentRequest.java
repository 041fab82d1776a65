package io.tenantry.worker.operator.request;

/**
 * A request that Kafka has taken.
 *
 * @param id its {@code ce_id}
 * @param type its {@code ce_type}
 * @param key the tenant, or the shared database
 * @param topic with the prefix
 */
public record SentRequest(String id, String type, String key, String topic, int partition, long offset) {}

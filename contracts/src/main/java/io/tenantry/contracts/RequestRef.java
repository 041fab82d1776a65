package io.tenantry.contracts;

import java.util.Objects;

/**
 * The request that a result answers: its identity, which is {@code source}, {@code id} and {@code type}, and where it was read.
 *
 * @param type its {@code ce_type}
 * @param topic the name of the Kafka topic, with its prefix
 */
public record RequestRef(String id, String source, String type, String topic, int partition, long offset) {
    public RequestRef {
        Objects.requireNonNull(id, "request.id is missing");
        Objects.requireNonNull(source, "request.source is missing");
        Objects.requireNonNull(type, "request.type is missing");
        Objects.requireNonNull(topic, "request.topic is missing");
    }
}

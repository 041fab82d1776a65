package io.tenantry.contracts;

import java.util.Objects;

/** Names a {@code rollout.requested}: its {@code ce_id} and {@code ce_source}. */
public record RolloutRequestRef(String id, String source) {
    public RolloutRequestRef {
        Objects.requireNonNull(id, "request.id is missing");
        Objects.requireNonNull(source, "request.source is missing");
    }
}

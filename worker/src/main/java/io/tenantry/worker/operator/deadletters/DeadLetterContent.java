package io.tenantry.worker.operator.deadletters;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rest of a dead letter. Bytes are text: UTF-8 as it is, anything else in Base64 after {@code base64:}.
 *
 * @param headers as received, in their order; ours included
 * @param value as received; null if it was not kept
 */
public record DeadLetterContent(
        DeadLetterState state,
        List<Header> headers,
        @Nullable String value) {
    /** One header; the value is null if it has none. */
    public record Header(String name, @Nullable String value) {}
}

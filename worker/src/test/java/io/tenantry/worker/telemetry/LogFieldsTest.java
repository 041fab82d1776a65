package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.RequestRef;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LogFieldsTest {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @AfterEach
    void clear() {
        MDC.clear();
    }

    @Test
    void haveIdTenantPlaceAndTraceOfARequest() {
        assertThat(LogFields.of(ref("signup/acme"), "acme", TRACE).map())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "requestId", "signup/acme",
                        "tenant", "acme",
                        "topic", "tenant.created",
                        "partition", "3",
                        "offset", "42",
                        "traceparent", TRACE));
        assertThat(LogFields.of(ref("signup/acme"), "acme", null).map()).doesNotContainKey("traceparent");
    }

    @Test
    void haveNoCharacterThatDoesNotShow() {
        Map<String, String> fields = LogFields.of(
                        ref("1\nINFO forged\r\u2028\u0085\u202e\u0000\ud800x"), "acme", "cc-\u001b[2J")
                .and("subject", "Zürich 日本 \ud83d\ude00")
                .map();

        assertThat(fields)
                .containsEntry("requestId", "1?INFO forged??????x")
                .containsEntry("traceparent", "cc-?[2J")
                .containsEntry("subject", "Zürich 日本 \ud83d\ude00");
        assertThat(LogFields.of(ref("x".repeat(5000))).map().get("requestId")).hasSize(512);
    }

    @Test
    void endWithTheirScope() {
        try (var unused = LogFields.of(ref("outer")).open()) {
            try (var alsoUnused = LogFields.of(ref("inner"), "acme", TRACE).open()) {
                assertThat(MDC.get("requestId")).isEqualTo("inner");
            }
            assertThat(MDC.get("requestId")).isEqualTo("outer");
            assertThat(MDC.get("tenant")).isNull();
        }
        assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
    }

    private static RequestRef ref(String id) {
        return new RequestRef(id, "/test", "type", "tenant.created", 3, 42);
    }
}

package io.tenantry.worker.registry.overview;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.RequestType;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RequestHistoryTest {

    /** A partial index serves a query only if the query's condition implies the condition of the index. */
    @Test
    void theIndexOfFailedRequestsHasTheFailuresOfEachType() throws IOException {
        String script = "/io/tenantry/worker/registry/V9__rollouts.sql";
        try (InputStream text = RequestHistory.class.getResourceAsStream(script)) {
            String sql = new String(Objects.requireNonNull(text).readAllBytes(), UTF_8);
            String index = sql.substring(sql.indexOf("CREATE INDEX request_failed"));
            assertThat(index.substring(0, index.indexOf(';')))
                    .contains(Arrays.stream(RequestType.values())
                            .map(type -> type.failed().type())
                            .toList());
        }
    }
}

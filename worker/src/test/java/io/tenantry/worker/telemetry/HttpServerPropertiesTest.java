package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class HttpServerPropertiesTest {
    @Test
    void limitsConnectionsAndTheTimeOfRequestAndResponse() {
        Properties system = new Properties();

        HttpServerProperties.setIn(system);

        assertThat(system)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "sun.net.httpserver.nodelay", "true",
                        "jdk.httpserver.maxConnections", "400",
                        "sun.net.httpserver.maxReqTime", "5",
                        "sun.net.httpserver.maxRspTime", "20"));
    }

    @Test
    void keepsWhatTheCommandLineSays() {
        Properties system = new Properties();
        system.setProperty("sun.net.httpserver.maxRspTime", "60");

        HttpServerProperties.setIn(system);

        assertThat(system).containsEntry("sun.net.httpserver.maxRspTime", "60");
    }
}

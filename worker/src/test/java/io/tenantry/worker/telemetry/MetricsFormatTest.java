package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsFormatTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/openmetrics-text",
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                "application/vnd.google.protobuf;q=0.9, Application/OpenMetrics-Text; version=1.0.0; q=0.8, */*;q=0.1",
            })
    void isOpenMetricsForAClientThatPrefersIt(String accept) {
        assertThat(MetricsFormat.preferred(accept)).isEqualTo(MetricsFormat.OPEN_METRICS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*/*",
                ";;,,;",
                "text/html,application/xhtml+xml,*/*;q=0.8",
                "application/openmetrics-text;q=0",
                "application/openmetrics-text;q=much",
                "application/openmetrics-text;q=0.3,text/plain;q=0.5",
                "application/vnd.google.protobuf",
            })
    void isTextForTheOthers(String accept) {
        assertThat(MetricsFormat.preferred(accept)).isEqualTo(MetricsFormat.TEXT);
    }

    @Test
    void isTextWithoutAPreference() {
        assertThat(MetricsFormat.preferred(null)).isEqualTo(MetricsFormat.TEXT);
    }
}

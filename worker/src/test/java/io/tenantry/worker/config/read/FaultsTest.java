package io.tenantry.worker.config.read;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {
    private final Faults faults = new Faults();

    @ParameterizedTest
    @ValueSource(strings = {"registry.password", "servers.main.password", "kafka.properties.sasl.jaas.config"})
    void aSecretValueIsShownAsStars(String key) {
        faults.bad(key, new Layers.Found("hunter2", "line 3", true), "too short", "a long one");

        assertThatThrownBy(faults::throwIfAny)
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessage(key + " = *** (line 3): too short; allowed: a long one");
    }

    @Test
    void oneFaultIsToldOnce() {
        faults.missing("registry.url", "a URL");
        faults.missing("registry.url", "a URL");

        assertThatThrownBy(faults::throwIfAny).hasMessage("registry.url: missing; allowed: a URL");
    }

    @Test
    void nothingIsThrownForNoFault() {
        assertThatCode(faults::throwIfAny).doesNotThrowAnyException();
    }
}

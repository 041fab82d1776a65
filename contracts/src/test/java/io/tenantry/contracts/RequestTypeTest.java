package io.tenantry.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequestTypeTest {

    @Test
    void eachKindOfRequestDataHasOneType() {
        assertThat(Arrays.stream(RequestType.values())
                        .<Class<?>>map(type -> type.event().dataType()))
                .containsExactlyInAnyOrder(TenantRequest.class.getPermittedSubclasses());
    }

    @Test
    void eachEventThatCarriesARequestHasItsType() {
        assertThat(Arrays.stream(EventType.values())
                        .filter(event -> RequestType.of(event).isPresent()))
                .containsExactlyElementsOf(Arrays.stream(EventType.values())
                        .filter(event -> TenantRequest.class.isAssignableFrom(event.dataType()))
                        .toList());
    }

    @Test
    void theDataNameTheirType() {
        assertThat(new TenantCreated("acme", List.of(), Map.of()).type()).isEqualTo(RequestType.ONBOARDING);
        assertThat(new MigrationRequested("acme", null, List.of(), "11", null, 1).type())
                .isEqualTo(RequestType.MIGRATION);
    }

    @ParameterizedTest
    @EnumSource
    void aRequestIsAnsweredAmongTheResultsOrTheDeadLetters(RequestType type) {
        assertThat(type.event().topic().hasDeadLetters()).isTrue();
        assertThat(List.of(type.succeeded(), type.failed()))
                .extracting(EventType::topic)
                .containsOnly(Topic.TENANT_RESULTS);
    }
}

package io.tenantry.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventTypeTest {

    /** Written out once more, because these names are public. */
    @Test
    void theTypesAreThosePublished() {
        assertThat(Arrays.stream(EventType.values()).map(EventType::type))
                .containsExactly(
                        "io.tenantry.tenant.created.v1",
                        "io.tenantry.migration.requested.v1",
                        "io.tenantry.tenant.onboarded.v1",
                        "io.tenantry.tenant.onboarding-failed.v1",
                        "io.tenantry.migration.completed.v1",
                        "io.tenantry.migration.failed.v1",
                        "io.tenantry.migration.skipped.v1",
                        "io.tenantry.rollout.requested.v1",
                        "io.tenantry.rollout.started.v1",
                        "io.tenantry.rollout.refused.v1",
                        "io.tenantry.rollout.wave-started.v1",
                        "io.tenantry.rollout.wave-completed.v1",
                        "io.tenantry.rollout.paused.v1",
                        "io.tenantry.rollout.resumed.v1",
                        "io.tenantry.rollout.halted.v1",
                        "io.tenantry.rollout.retrying.v1",
                        "io.tenantry.rollout.aborted.v1",
                        "io.tenantry.rollout.completed.v1",
                        "io.tenantry.tenant.drifted.v1",
                        "io.tenantry.tenant.drift-cleared.v1");
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeIsFoundByItsName(EventType type) {
        assertThat(EventType.of(type.type())).contains(type);
    }

    @Test
    void anUnknownNameIsNoType() {
        assertThat(EventType.of("io.tenantry.tenant.created.v2")).isEmpty();
    }

    @Test
    void onlyTheTopicsThatAreReadHaveDeadLetters() {
        assertThat(Arrays.stream(Topic.values()).filter(Topic::hasDeadLetters).map(topic -> topic.deadLetterName("p.")))
                .containsExactly("p.tenant.created-dlt", "p.migration.requested-dlt", "p.rollout.requested-dlt");
        assertThatThrownBy(() -> Topic.TENANT_RESULTS.deadLetterName("")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anEventHasTheDataOfItsType() {
        TenantCreated data = new TenantCreated("acme", List.of(), Map.of());
        assertThatThrownBy(() -> new Event<>("1", "/s", EventType.MIGRATION_REQUESTED, null, null, data))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("TenantCreated");
    }
}

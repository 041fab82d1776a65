package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.telemetry.Health.Condition;
import org.junit.jupiter.api.Test;

class HealthTest {
    private final Health health = new Health();

    @Test
    void isLiveButNotReadyBeforeItsStartIsDone() {
        assertThat(health.isLive()).isTrue();
        assertThat(health.isReady()).isFalse();
        assertThat(health.conditions()).containsExactly(Condition.STARTING);
    }

    @Test
    void isReadyWhenItsStartIsDone() {
        health.ready(true);

        assertThat(health.isReady()).isTrue();
        assertThat(health.conditions()).isEmpty();
    }

    @Test
    void isReadyAgainOnlyWhenTheLastConditionIsGone() {
        health.ready(true);
        health.raise(Condition.KAFKA);
        health.raise(Condition.KAFKA);
        health.raise(Condition.REGISTRY);
        assertThat(health.isReady()).isFalse();

        health.clear(Condition.KAFKA);
        assertThat(health.isReady()).isFalse();
        assertThat(health.conditions()).containsExactly(Condition.REGISTRY);

        health.clear(Condition.REGISTRY);
        assertThat(health.isReady()).isTrue();
    }

    @Test
    void theEndOfTheStartDoesNotHideACondition() {
        health.raise(Condition.DRAINING);
        health.ready(true);

        assertThat(health.isReady()).isFalse();
        assertThat(health.conditions()).containsExactly(Condition.DRAINING);
    }

    @Test
    void canBeToldNotToBeReady() {
        health.ready(true);
        health.ready(false);

        assertThat(health.isReady()).isFalse();
    }

    @Test
    void isNeitherLiveNorReadyOnceItIsDead() {
        health.ready(true);
        health.dead();

        assertThat(health.isLive()).isFalse();
        assertThat(health.isReady()).isFalse();
    }

    @Test
    void whatWasReadOnceDoesNotChange() {
        var before = health.conditions();
        health.ready(true);

        assertThat(before).containsExactly(Condition.STARTING);
    }
}

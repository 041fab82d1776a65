package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.stack.ManualClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutagesTest {
    private final ManualClock clock = new ManualClock();
    private final Health health = new Health();
    private final Outages outages = new Outages(health, clock, clock::nanoTime);
    private final Outage one = outages.of("server one", "its tenants wait", Health.Condition.SERVERS);
    private final Outage other = outages.of("server other", "its tenants wait", Health.Condition.SERVERS);

    @BeforeEach
    void start() {
        health.ready(true);
    }

    @Test
    void isReadyAgainWhenTheLastOfAConditionIsBack() {
        one.away("connection refused");
        other.away("connection refused");
        one.back();
        assertThat(health.isReady()).isFalse();

        other.back();

        assertThat(health.isReady()).isTrue();
    }

    @Test
    void whatNobodyTriesAnyMoreIsNotAgainstBeingReady() {
        one.away("connection refused");
        other.away("connection refused");

        outages.forget();
        assertThat(health.isReady()).isTrue();
        outages.forget();
        one.back();

        // They count as before.
        one.away("connection refused");
        assertThat(health.isReady()).isFalse();
        one.back();
        assertThat(health.isReady()).isTrue();
    }
}

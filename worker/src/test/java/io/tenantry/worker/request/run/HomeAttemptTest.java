package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.config.RetrySettings;
import io.tenantry.worker.config.Secret;
import io.tenantry.worker.config.WorkerSettings;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.registry.Placements;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.request.Fleet;
import io.tenantry.worker.request.HomeVerification;
import io.tenantry.worker.request.Patience;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RolloutRequests;
import io.tenantry.worker.stack.ManualClock;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** At a server that is away, on a clock. */
class HomeAttemptTest {
    private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(1);

    private final ManualClock clock = new ManualClock();
    private final Outage away = new Outage("server main", "its tenants wait", clock, clock::nanoTime, told -> {});
    private final Server server = Homes.server("main");
    private final Registry registry = new Registry(
            new RegistrySettings("jdbc:postgresql://127.0.0.1:1/none", "nobody", Secret.EMPTY, 1, Duration.ofDays(1)),
            "test");
    private final LookupBatcher lookups = new LookupBatcher(registry);

    @AfterEach
    void close() {
        lookups.close();
        registry.close();
        server.close();
    }

    @Test
    void givesUpThoughItsPartitionComesAndGoes() throws Exception {
        Patience patience = new Patience();
        for (int i = 0; i < 6; i++) {
            HomeRun home = attempt(patience);
            assertThat(home.result().get()).as("after %d s", i * 10).isNull();
            clock.advance(Duration.ofSeconds(10));
        }

        assertThat(attempt(patience).result().get()).isNotNull().satisfies(result -> {
            assertThat(result.error()).isNotNull();
            assertThat(String.valueOf(result.error())).contains(ErrorCode.SERVER_UNAVAILABLE.name());
        });
    }

    @Test
    void doesNotGiveUpAtOnceWhenTheServerWasAwayLongBefore() throws Exception {
        away.away("connection refused");
        clock.advance(Duration.ofHours(1));

        assertThat(attempt(new Patience()).result().get()).isNull();
    }

    /** Of a request that was read just now. */
    private HomeRun attempt(Patience patience) throws Exception {
        away.away("connection refused");
        Request request = new Request(
                new RequestRef("42", "/signup", "io.tenantry.test.v1", "tenant.created", 0, 7),
                new TenantCreated("acme", List.of(), Map.of()),
                null,
                clock.nanoTime(),
                patience);
        HomeRun home = Homes.run(server, "users");
        new HomeAttempt(request, context(), home).run();
        return home;
    }

    private RequestContext context() {
        return new RequestContext(new RequestContext.Parts(
                new Fleet(List.of(), Map.of()),
                lookups,
                tenant -> CompletableFuture.completedFuture(Placements.NONE),
                new RequestRunTest.FakeOutcomes(),
                new RolloutActivities(new RolloutRequests("/tenantry/test"), () -> "test", System::nanoTime),
                HomeVerification.NONE,
                new RequestContext.Outages(away, Map.of("main", away)),
                new RequestContext.Policy(
                        new WorkerSettings(
                                1, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1), Duration.ZERO),
                        new RetrySettings(3, Duration.ofMillis(1), Duration.ofMillis(1), GIVE_UP_AFTER)),
                new Meters(new SimpleMeterRegistry()),
                clock,
                clock::nanoTime,
                "worker-1"));
    }
}

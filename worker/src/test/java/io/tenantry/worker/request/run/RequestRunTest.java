package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.config.RetrySettings;
import io.tenantry.worker.config.Secret;
import io.tenantry.worker.config.WorkerSettings;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.registry.Placements;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.request.Fleet;
import io.tenantry.worker.request.HomeVerification;
import io.tenantry.worker.request.Outcomes;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RequestOutcome;
import io.tenantry.worker.request.RolloutRequests;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request ends, whatever the worker's own bugs are. */
class RequestRunTest {
    static final String SOURCE = "/tenantry/test";

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final Exception firstBug = new IllegalStateException("a bug in a step");

    private final Registry registry = new Registry(
            new RegistrySettings("jdbc:postgresql://127.0.0.1:1/none", "nobody", Secret.EMPTY, 1, Duration.ofDays(1)),
            "test");
    private final LookupBatcher lookups = new LookupBatcher(registry);
    private final FakeOutcomes outcomes = new FakeOutcomes();
    private final Task run = context(lookups, outcomes, System::nanoTime)
            .task(new Request(
                    new RequestRef("42", "/signup", "io.tenantry.test.v1", "tenant.created", 0, 7),
                    new TenantCreated("acme", List.of(), Map.of()),
                    TRACE,
                    System.nanoTime()));

    @AfterEach
    void close() {
        lookups.close();
        registry.close();
    }

    @Test
    void aBugThatStaysThroughAllAttemptsIsAnInternalFailure() {
        run.exhausted(firstBug, 3);

        assertThat(outcomes.finished).singleElement().satisfies(outcome -> {
            assertThat(outcome.result().outcome()).isEqualTo(Outcome.FAILED);
            assertThat(outcome.result().attempts()).isEqualTo(3);
            assertThat(outcome.result().error()).isNotNull().satisfies(error -> {
                assertThat(error.code()).isEqualTo(ErrorCode.INTERNAL);
                assertThat(error.message()).isEqualTo("IllegalStateException: a bug in a step");
            });
        });
        assertThat(outcomes.unanswerable).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalArgumentException.class, StackOverflowError.class})
    void aBugAtItsVeryEndLeavesItToADeadLetter(Class<? extends Throwable> type) throws Exception {
        Throwable bug = type.getConstructor(String.class).newInstance("no such JSON");
        outcomes.bug = bug;

        run.exhausted(firstBug, 3);

        assertThat(outcomes.unanswerable).containsExactly(bug);
        assertThat(bug).hasSuppressedException(firstBug);
    }

    @Test
    void anErrorThatTheProcessDoesNotSurviveIsNotKeptBack() {
        OutOfMemoryError error = new OutOfMemoryError("thrown by a test");
        outcomes.bug = error;

        assertThatThrownBy(() -> run.exhausted(firstBug, 3)).isSameAs(error);
        assertThat(outcomes.unanswerable).isEmpty();
    }

    @Test
    void itsLogLinesSayWhichRequestTheyAreAbout() {
        assertThat(run.logFields())
                .isEqualTo(Map.of(
                        "requestId", "42",
                        "tenant", "acme",
                        "topic", "tenant.created",
                        "partition", "0",
                        "offset", "7",
                        "traceparent", TRACE));
    }

    /** Without tenants' servers. */
    static RequestContext context(LookupBatcher lookups, Outcomes outcomes, LongSupplier nanoTime) {
        return new RequestContext(new RequestContext.Parts(
                new Fleet(List.of(), Map.of()),
                lookups,
                tenant -> CompletableFuture.completedFuture(Placements.NONE),
                outcomes,
                new RolloutActivities(new RolloutRequests(SOURCE), () -> "test", nanoTime),
                HomeVerification.NONE,
                new RequestContext.Outages(
                        new Outage("the registry", "requests wait", Clock.systemUTC(), System::nanoTime, away -> {}),
                        Map.of()),
                new RequestContext.Policy(
                        new WorkerSettings(
                                1, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1), Duration.ZERO),
                        new RetrySettings(3, Duration.ofMillis(1), Duration.ofMillis(1), null)),
                new Meters(new SimpleMeterRegistry()),
                Clock.systemUTC(),
                nanoTime,
                "worker-1"));
    }

    static final class FakeOutcomes implements Outcomes {
        final List<RequestOutcome> finished = new ArrayList<>();
        final List<Throwable> unanswerable = new ArrayList<>();
        /** Thrown when a request is finished; null for none. */
        @Nullable Throwable bug;

        @Override
        public void finished(Request request, RequestOutcome outcome) {
            if (bug instanceof Error error) {
                throw error;
            } else if (bug instanceof RuntimeException exception) {
                throw exception;
            }
            finished.add(outcome);
        }

        @Override
        public void answeredBefore(Request request, Recorded recorded) {
            throw new AssertionError("nothing was answered before");
        }

        @Override
        public CompletableFuture<Void> whenWritten(String key) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void unanswerable(Request request, Throwable why) {
            unanswerable.add(why);
        }

        @Override
        public void abandoned(Request request) {
            throw new AssertionError("nothing was abandoned");
        }
    }
}

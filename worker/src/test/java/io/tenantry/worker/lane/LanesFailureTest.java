package io.tenantry.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Retries, and what is thrown. */
class LanesFailureTest {
    @Test
    void triesAgainUntilTheAttemptsAreUsedUp() {
        Exception last = new Exception("third failure");
        try (LanesFixture fixture = new LanesFixture(1)) {
            FakeTask task = fixture.bulk("task", "a")
                    .then(new NextAction.Retry(new Exception("first failure")))
                    .then(new NextAction.Retry(new Exception("second failure")))
                    .then(new NextAction.Retry(last));
            fixture.submit(task, fixture.bulk("next", "a"));
            fixture.awaitIdle();

            assertThat(task.exhaustions()).containsExactly(new FakeTask.Exhaustion(last, 3));
            assertThat(task.abandonments()).isZero();
            assertThat(fixture.journal).containsExactly("task", "task", "task", "next");
        }
    }

    @Test
    void isNotExhaustedIfAnAttemptSucceeds() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            FakeTask task = fixture.bulk("task", "a").then(new NextAction.Retry(new Exception("first failure")));
            fixture.submit(task);
            fixture.awaitIdle();

            assertThat(task.runs()).isEqualTo(2);
            assertThat(task.exhaustions()).isEmpty();
        }
    }

    @Test
    void eachTaskHasItsOwnAttempts() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            FakeTask first = failingTwice(fixture, "first");
            FakeTask second = failingTwice(fixture, "second");
            fixture.submit(first, second);
            fixture.awaitIdle();

            assertThat(first.exhaustions()).isEmpty();
            assertThat(second.exhaustions()).isEmpty();
            assertThat(second.runs()).isEqualTo(3);
        }
    }

    @Test
    void countsTheAttemptsOfAnEarlierTaskForTheSameWork() {
        Exception last = new Exception("third failure");
        try (LanesFixture fixture = new LanesFixture(1)) {
            FakeTask task = fixture.bulk("task", "a")
                    .failedBefore(1)
                    .then(new NextAction.Retry(new Exception("second failure")))
                    .then(new NextAction.Retry(last));
            fixture.submit(task);
            fixture.awaitIdle();

            assertThat(task.exhaustions()).containsExactly(new FakeTask.Exhaustion(last, 3));
        }
    }

    private static FakeTask failingTwice(LanesFixture fixture, String name) {
        return fixture.bulk(name, "a")
                .then(new NextAction.Retry(new Exception("first failure")))
                .then(new NextAction.Retry(new Exception("second failure")));
    }

    @Test
    void holdsNoThreadDuringTheBackoff() {
        try (LanesFixture fixture = new LanesFixture(1, 2, LanesFixture.LONG)) {
            FakeTask failing = fixture.bulk("failing", "a").then(new NextAction.Retry(new Exception("failure")));
            fixture.submit(failing, fixture.bulk("behind it", "a"), fixture.bulk("other", "b"));
            Await.until(LanesFixture.DEADLINE, "the other lane ran", () -> fixture.journal.contains("other"));
            fixture.awaitWaiting(failing, 1);
            fixture.awaitWhatIsReady();

            assertThat(fixture.journal).containsExactly("failing", "other");
        }
    }

    @Test
    void anExceptionCountsAsAFailedAttempt() {
        IllegalStateException bug = new IllegalStateException("a bug");
        try (LanesFixture fixture = new LanesFixture(1, 2, Duration.ofMillis(1))) {
            FakeTask task = fixture.bulk("task", "a").then(throwing(bug)).then(throwing(bug));
            fixture.submit(task, fixture.bulk("next", "a"));
            fixture.awaitIdle();

            assertThat(task.exhaustions()).containsExactly(new FakeTask.Exhaustion(bug, 2));
            assertThat(fixture.journal).containsExactly("task", "task", "next");
            assertThat(fixture.fatal).isEmpty();
        }
    }

    @Test
    void anErrorOfTheTaskAloneCountsAsAFailedAttempt() {
        StackOverflowError error = new StackOverflowError("a script too deep");
        try (LanesFixture fixture = new LanesFixture(1, 1, Duration.ofMillis(1))) {
            FakeTask task = fixture.bulk("task", "a").then(() -> {
                throw error;
            });
            fixture.submit(task, fixture.bulk("next", "a"));
            fixture.awaitIdle();

            assertThat(task.exhaustions()).singleElement().satisfies(end -> {
                assertThat(end.cause()).hasRootCause(error);
                assertThat(end.attempts()).isEqualTo(1);
            });
            assertThat(fixture.journal).containsExactly("task", "next");
            assertThat(fixture.fatal).isEmpty();
        }
    }

    @Test
    void aTaskThatCannotEvenEndDoesNotStopItsLane() {
        try (LanesFixture fixture = new LanesFixture(1, 1, Duration.ofMillis(1))) {
            fixture.submit(new Broken(new IllegalStateException("a bug at the end")), fixture.bulk("next", "a"));
            fixture.awaitIdle();

            assertThat(fixture.journal).containsExactly("next");
            assertThat(fixture.fatal).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {OutOfMemoryError.class, NoClassDefFoundError.class, ExceptionInInitializerError.class})
    void anErrorThatTheProcessDoesNotSurviveIsFatal(Class<? extends Error> type) throws Exception {
        Error error = type.getConstructor(String.class).newInstance("thrown by a test");
        try (LanesFixture fixture = new LanesFixture(1)) {
            fixture.submit(fixture.bulk("task", "a").then(() -> {
                throw error;
            }));
            Await.until(LanesFixture.DEADLINE, "the error is told", () -> !fixture.fatal.isEmpty());

            assertThat(fixture.fatal).containsExactly(error);
        }
    }

    @Test
    void anErrorAtTheEndOfATaskDoesNotStopItsLane() {
        try (LanesFixture fixture = new LanesFixture(1, 1, Duration.ofMillis(1))) {
            fixture.submit(new Broken(new StackOverflowError("too deep")), fixture.bulk("next", "a"));
            fixture.awaitIdle();

            assertThat(fixture.journal).containsExactly("next");
            assertThat(fixture.fatal).isEmpty();
        }
    }

    @Test
    void anErrorOfTheTimerIsFatalSinceItsLaneWouldWaitForEver() {
        Error error = new NoClassDefFoundError("thrown by a test");
        try (LanesFixture fixture = new LanesFixture(1)) {
            fixture.submit(new UnknownPriority(error, new NextAction.Snooze(Duration.ofMillis(1), LanesFixture.WAIT)));
            Await.until(LanesFixture.DEADLINE, "the error is told", () -> !fixture.fatal.isEmpty());

            assertThat(fixture.fatal).containsExactly(error);
        }
    }

    @Test
    void anErrorOfACallbackIsFatalThoughTheCallerKeepsItToItself() {
        Error error = new OutOfMemoryError("thrown by a test");
        try (LanesFixture fixture = new LanesFixture(1)) {
            CompletableFuture<Void> awaited = new CompletableFuture<>();
            fixture.submit(new UnknownPriority(
                    error,
                    new NextAction.Await(
                            callback -> {
                                var unused = awaited.thenRun(callback);
                            },
                            LanesFixture.WAIT)));
            awaited.complete(null);
            Await.until(LanesFixture.DEADLINE, "the error is told", () -> !fixture.fatal.isEmpty());

            assertThat(fixture.fatal).containsExactly(error);
        }
    }

    @Test
    void aTaskWithoutLogFieldsDoesNotStopItsLane() {
        IllegalStateException bug = new IllegalStateException("a bug");
        List<Exception> causes = new CopyOnWriteArrayList<>();
        try (LanesFixture fixture = new LanesFixture(1, 2, Duration.ofMillis(1))) {
            Task broken = new Broken(bug) {
                @Override
                public Map<String, String> logFields() {
                    throw bug;
                }

                @Override
                public void exhausted(Exception cause, int attempts) {
                    causes.add(cause);
                }
            };
            fixture.submit(broken, fixture.bulk("next", "a"));
            fixture.awaitIdle();

            assertThat(causes).containsExactly(bug);
            assertThat(fixture.journal).containsExactly("next");
            assertThat(fixture.fatal).isEmpty();
        }
    }

    @Test
    void aTaskThatCannotNoteItsFailureDoesNotStopItsLane() {
        try (LanesFixture fixture = new LanesFixture(1, 2, Duration.ofMillis(1))) {
            Task broken = new Broken(new IllegalStateException("a bug at the end")) {
                @Override
                public void failed() {
                    throw new IllegalStateException("a bug");
                }
            };
            fixture.submit(broken, fixture.bulk("next", "a"));
            fixture.awaitIdle();

            assertThat(fixture.journal).containsExactly("next");
            assertThat(fixture.fatal).isEmpty();
        }
    }

    private static Supplier<NextAction> throwing(RuntimeException exception) {
        return () -> {
            throw exception;
        };
    }

    /** Fails, and cannot be ended. */
    private static class Broken implements Task {
        private final Throwable atTheEnd;

        Broken(Throwable atTheEnd) {
            this.atTheEnd = atTheEnd;
        }

        @Override
        public String lane() {
            return "a";
        }

        @Override
        public Priority priority() {
            return Priority.BULK;
        }

        @Override
        public String kind() {
            return "broken";
        }

        @Override
        public Set<String> overtakes() {
            return Set.of();
        }

        @Override
        public NextAction run() {
            return new NextAction.Retry(new Exception("failure"));
        }

        @Override
        public void exhausted(Exception cause, int attempts) {
            if (atTheEnd instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) atTheEnd;
        }

        @Override
        public void abandoned() {}

        @Override
        public boolean wanted() {
            return true;
        }
    }

    /** Its lane meets the error when it is woken. */
    private static final class UnknownPriority extends Broken {
        private final Error error;
        private final NextAction action;
        private volatile boolean hasRun;

        UnknownPriority(Error error, NextAction action) {
            super(error);
            this.error = error;
            this.action = action;
        }

        @Override
        public Priority priority() {
            if (hasRun) {
                throw error;
            }
            return super.priority();
        }

        @Override
        public NextAction run() {
            hasRun = true;
            return action;
        }
    }
}

package io.tenantry.worker.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private final Backlog backlog = new Backlog();

    @Test
    void nothingIsThereAtFirst() {
        assertThat(backlog.awaitPassed(Duration.ZERO)).isTrue();
    }

    @Test
    void waitsForAllThatIsThere() {
        backlog.add();
        backlog.add();
        backlog.add();
        backlog.remove(2);
        assertThat(backlog.awaitPassed(Duration.ZERO)).isFalse();
        assertThat(backlog.awaitPassed(Duration.ofMillis(5))).isFalse();

        backlog.remove(1);
        assertThat(backlog.awaitPassed(Duration.ZERO)).isTrue();
    }

    @Test
    void wakesWhoWaitsWhenTheLastOneIsGone() throws Exception {
        backlog.add();
        CompletableFuture<Boolean> passed = somebodyWaits();
        assertThat(passed).isNotDone();
        backlog.remove(1);

        assertThat(passed.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    }

    @Test
    void doesNotWaitForWhatComesLater() throws Exception {
        backlog.add();
        CompletableFuture<Boolean> passed = somebodyWaits();
        backlog.add();
        backlog.remove(1);

        assertThat(passed.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        assertThat(backlog.awaitPassed(Duration.ZERO)).isFalse();
    }

    @Test
    void anInterruptEndsTheWaitAndIsKept() {
        backlog.add();
        Thread.currentThread().interrupt();

        assertThat(backlog.awaitPassed(DEADLINE)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    private CompletableFuture<Boolean> somebodyWaits() {
        AtomicReference<Thread> waiter = new AtomicReference<>();
        CompletableFuture<Boolean> passed = CompletableFuture.supplyAsync(() -> {
            waiter.set(Thread.currentThread());
            return backlog.awaitPassed(DEADLINE.multipliedBy(2));
        });
        Await.until(DEADLINE, "somebody waits", () -> {
            Thread thread = waiter.get();
            return thread != null && thread.getState() == Thread.State.TIMED_WAITING;
        });
        return passed;
    }
}

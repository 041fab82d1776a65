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
    void isEmptyAtFirst() {
        assertThat(backlog.awaitEmpty(Duration.ZERO)).isTrue();
    }

    @Test
    void isNotEmptyBeforeAllIsRemoved() {
        backlog.add();
        backlog.add();
        backlog.add();
        backlog.remove(2);
        assertThat(backlog.awaitEmpty(Duration.ZERO)).isFalse();
        assertThat(backlog.awaitEmpty(Duration.ofMillis(5))).isFalse();

        backlog.remove(1);
        assertThat(backlog.awaitEmpty(Duration.ZERO)).isTrue();
    }

    @Test
    void wakesWhoWaitsWhenTheLastOneIsGone() throws Exception {
        backlog.add();
        AtomicReference<Thread> waiter = new AtomicReference<>();
        CompletableFuture<Boolean> emptied = CompletableFuture.supplyAsync(() -> {
            waiter.set(Thread.currentThread());
            return backlog.awaitEmpty(DEADLINE.multipliedBy(2));
        });
        Await.until(DEADLINE, "somebody waits", () -> {
            Thread thread = waiter.get();
            return thread != null && thread.getState() == Thread.State.TIMED_WAITING;
        });
        assertThat(emptied).isNotDone();
        backlog.remove(1);

        assertThat(emptied.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    }

    @Test
    void anInterruptEndsTheWaitAndIsKept() {
        backlog.add();
        Thread.currentThread().interrupt();

        assertThat(backlog.awaitEmpty(DEADLINE)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }
}

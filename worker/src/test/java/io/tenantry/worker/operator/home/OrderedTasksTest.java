package io.tenantry.worker.operator.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OrderedTasksTest {
    private final Set<Integer> begun = ConcurrentHashMap.newKeySet();
    private final CountDownLatch opened = new CountDownLatch(1);

    @Test
    void resultsComeInTheOrderOfTheTasks() {
        try (OrderedTasks<Integer> tasks = new OrderedTasks<>("test", 2)) {
            tasks.give(() -> waiting(1));
            tasks.give(() -> 2);
            tasks.give(() -> {
                opened.countDown();
                return 3;
            });

            assertThat(tasks.take()).isEqualTo(1);
            assertThat(tasks.take()).isEqualTo(2);
            assertThat(tasks.take()).isEqualTo(3);
            assertThat(tasks.isEmpty()).isTrue();
        }
    }

    @Test
    void whatNobodyHasBegunCanBeTakenBack() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        try (OrderedTasks<Integer> tasks = new OrderedTasks<>("test", 1)) {
            tasks.give(() -> {
                arrived.countDown();
                return waiting(1);
            });
            tasks.give(() -> waiting(2));
            tasks.give(() -> waiting(3));
            assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();

            assertThat(tasks.dropWaiting()).isEqualTo(2);

            opened.countDown();
            assertThat(tasks.take()).isEqualTo(1);
            assertThat(tasks.isEmpty()).isTrue();
        }
        assertThat(begun).containsExactly(1);
    }

    private int waiting(int number) {
        begun.add(number);
        try {
            assertThat(opened.await(30, TimeUnit.SECONDS)).isTrue();
            return number;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}

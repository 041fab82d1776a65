package io.tenantry.worker.stack;

import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The main class of a process that starts a stack, says what it consists of, and then only waits to be ended. */
final class StackHolder {
    static final String HOLDS = "holds ";
    static final String PAUSED = "paused";

    private StackHolder() {}

    /** Prints one line: the word, the stack's process ids, its two ports. With the argument "paused", its broker is paused. */
    public static void main(String[] args) throws InterruptedException {
        DevStack stack = DevStack.start();
        if (List.of(args).contains(PAUSED)) {
            stack.kafka().pause();
        }
        String kafka = stack.kafka().bootstrapServers();
        List<Integer> ports = List.of(
                Integer.valueOf(kafka.substring(kafka.lastIndexOf(':') + 1)),
                stack.postgres().port());
        System.out.println(HOLDS + "pids " + stack.pids() + " ports " + ports);
        new CountDownLatch(1).await();
    }
}

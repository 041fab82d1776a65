package io.tenantry.worker.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The main class of a process that starts a stack, says what it consists of, and then only waits to be ended. */
final class StackHolder {
    static final String HOLDS = "holds ";
    static final String AND_A_PAUSED_BROKER = "and-a-paused-broker";

    private StackHolder() {}

    /**
     * Prints one line: the word, the process ids of the servers, their ports.
     *
     * @param args empty, or {@link #AND_A_PAUSED_BROKER} for a broker more, which is paused
     */
    public static void main(String[] args) throws InterruptedException {
        DevStack stack = DevStack.start();
        List<Long> pids = new ArrayList<>(stack.pids());
        List<Integer> ports =
                new ArrayList<>(List.of(port(stack.kafka()), stack.postgres().port()));
        if (List.of(args).contains(AND_A_PAUSED_BROKER)) {
            KafkaBroker paused = KafkaBroker.start(Map.of());
            paused.pause();
            pids.addAll(paused.pids());
            ports.add(port(paused));
        }
        System.out.println(HOLDS + "pids " + pids + " ports " + ports);
        new CountDownLatch(1).await();
    }

    private static int port(KafkaBroker broker) {
        String address = broker.bootstrapServers();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}

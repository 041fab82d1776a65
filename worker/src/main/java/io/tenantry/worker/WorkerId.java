package io.tenantry.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/** The name of a worker process, used in results, PostgreSQL sessions and Kafka transactions. */
final class WorkerId {
    private static final int MAX_HOST = 24;

    private WorkerId() {}

    /** Host, process and a random part, so that no two processes have the same name. At most 41 characters. */
    static String create() {
        String host = host().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        // The names of pods differ at the end.
        String shortHost = host.substring(Math.max(0, host.length() - MAX_HOST));
        return String.format(
                Locale.ROOT,
                "%s-%d-%08x",
                shortHost,
                ProcessHandle.current().pid(),
                ThreadLocalRandom.current().nextInt());
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "worker";
        }
    }
}

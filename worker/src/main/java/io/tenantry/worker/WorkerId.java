package io.tenantry.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/** Names a worker process, in results, sessions of PostgreSQL and transactions of Kafka. */
final class WorkerId {
    private static final int MAX_HOST = 30;

    private WorkerId() {}

    /** Host, process and a random part, so that no two processes ever have the same. At most 48 characters. */
    static String create() {
        String host = host().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        String shortHost = host.length() > MAX_HOST ? host.substring(0, MAX_HOST) : host;
        return String.format(
                Locale.ROOT,
                "%s-%d-%06x",
                shortHost,
                ProcessHandle.current().pid(),
                ThreadLocalRandom.current().nextInt(1 << 24));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "worker";
        }
    }
}

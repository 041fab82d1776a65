package io.tenantry.worker.stack;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Finds out when a broker answers. */
final class BrokerProbe {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int ANSWER_MILLIS = 2_000;

    private BrokerProbe() {}

    /** Returns when a client's describeCluster is answered, or as soon as the broker is no longer alive. */
    static void awaitAnswer(String bootstrapServers, BooleanSupplier alive) {
        URI broker = URI.create("kafka://" + bootstrapServers);
        InetSocketAddress port = new InetSocketAddress(broker.getHost(), broker.getPort());
        Map<String, Object> client = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MILLIS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS,
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 100L);
        try (Admin admin = Admin.create(client)) {
            Await.until(
                    DEADLINE,
                    "the broker at " + bootstrapServers + " answers",
                    () -> !alive.getAsBoolean() || (isOpen(port) && answers(admin)));
        }
    }

    /** Asked first, because the client warns about every connection that is refused. */
    private static boolean isOpen(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, ANSWER_MILLIS);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private static boolean answers(Admin admin) throws Exception {
        return !admin.describeCluster()
                .nodes()
                .get(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
                .isEmpty();
    }
}

package io.tenantry.worker.intake.client;

import io.tenantry.worker.config.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** The settings of a Kafka admin client. It connects and logs in as the consumer does. */
public final class AdminSettings {
    /** How long closing a client may take. With 0 it would wait without limit for a thread that resolves a name. */
    public static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);

    private AdminSettings() {}

    /**
     * Those of the worker's consumer, as far as they concern connections.
     *
     * @param longestCall after which a call fails, retries included
     */
    public static Map<String, Object> of(KafkaSettings kafka, Duration longestCall) {
        Map<String, Object> properties = new HashMap<>(kafka.properties());
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) longestCall.toMillis());
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) longestCall.toMillis() / 2);
        return properties;
    }
}

package io.tenantry.worker.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Settings of a single KRaft node, broker and controller in one, that suit tests; the same for every kind of server. */
final class BrokerSettings {
    private static final Set<String> LISTENERS =
            Set.of("listeners", "advertised.listeners", "listener.security.protocol.map");

    private BrokerSettings() {}

    /**
     * Where a node listens, in Kafka's own names.
     *
     * @param address that the broker binds, and under which clients find it, "host:port"
     * @param controller the address of the controller, "host:port"
     */
    static Map<String, String> listeners(String address, String controller) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@" + controller);
        settings.put("listeners", "PLAINTEXT://" + address + ",CONTROLLER://" + controller);
        settings.put("advertised.listeners", "PLAINTEXT://" + address);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        return settings;
    }

    /** The other settings in Kafka's own names, the given ones last. */
    static Map<String, String> forTests(Map<String, String> more) {
        Map<String, String> settings = new LinkedHashMap<>();
        // A killed broker may register again only when its old session has run out; the default is 9 s.
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.put("auto.create.topics.enable", "false");
        internalTopics(settings);
        groups(settings);
        small(settings);
        settings.putAll(more);
        return settings;
    }

    /** Listeners of their own, which proxies stand before. */
    static void addDetours(Map<String, String> settings, List<KafkaBroker.Detour> detours) {
        for (int i = 0; i < detours.size(); i++) {
            KafkaBroker.Detour detour = detours.get(i);
            settings.merge("listeners", ",DETOUR" + i + "://" + detour.listens(), String::concat);
            settings.merge("advertised.listeners", ",DETOUR" + i + "://" + detour.advertised(), String::concat);
            settings.merge("listener.security.protocol.map", ",DETOUR" + i + ":PLAINTEXT", String::concat);
        }
    }

    /** Adds the listeners of these settings to those that are there; the other ones replace what is there. */
    static void addMore(Map<String, String> settings, Map<String, String> more) {
        more.forEach((name, value) -> {
            if (LISTENERS.contains(name)) {
                settings.merge(name, "," + value, String::concat);
            } else {
                settings.put(name, value);
            }
        });
    }

    private static void internalTopics(Map<String, String> settings) {
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "5");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "5");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "5");
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    }

    /** Members may be declared dead early, so that fault tests are short. */
    private static void groups(Map<String, String> settings) {
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.min.session.timeout.ms", "1000");
        settings.put("group.consumer.min.session.timeout.ms", "1000");
        settings.put("group.consumer.min.heartbeat.interval.ms", "500");
        // With the consumer protocol the broker decides, not the client; the defaults are 45 s and 5 s.
        settings.put("group.consumer.session.timeout.ms", "10000");
        settings.put("group.consumer.heartbeat.interval.ms", "1000");
    }

    /** Fewer threads and buffers than a server of its own would want. */
    private static void small(Map<String, String> settings) {
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        settings.put("log.cleaner.dedupe.buffer.size", "16777216");
        // How often it looks for something to compact; the default is 15 s.
        settings.put("log.cleaner.backoff.ms", "1000");
    }
}

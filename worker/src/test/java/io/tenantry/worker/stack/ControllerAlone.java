package io.tenantry.worker.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import javax.management.JMException;
import javax.management.ObjectName;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/**
 * The controller of a broker that was killed, which goes on without it, as it does where the two are not one process.
 *
 * <p>A broker that comes back before its controller has noticed that it was away takes itself for the leader still, and
 * loses that a moment later, in the middle of ending the transactions that were open. Kafka 4.1 to 4.4.0 takes
 * partitions without a leader for deleted ones then, and writes no markers to them (KAFKA-20734): records of aborted
 * transactions get committed, and others are never delivered.
 */
final class ControllerAlone {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private ControllerAlone() {}

    /** Returns when the broker counts as dead, and nothing has a leader. */
    static void untilTheBrokerIsFenced(Path serverProperties) throws IOException {
        Properties settings = new Properties();
        try (BufferedReader reader = Files.newBufferedReader(serverProperties)) {
            settings.load(reader);
        }
        String voter = settings.getProperty("controller.quorum.voters");
        String address = voter.substring(voter.indexOf('@') + 1);
        settings.setProperty("process.roles", "controller");
        settings.setProperty("listeners", "CONTROLLER://" + address);
        settings.remove("advertised.listeners");
        settings.remove("inter.broker.listener.name");
        KafkaRaftServer controller = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
        controller.startup();
        try {
            Await.until(
                    DEADLINE,
                    "the controller has fenced the broker",
                    () -> count("Fenced") == 1 && count("Active") == 0);
        } finally {
            controller.shutdown();
            controller.awaitShutdown();
        }
    }

    /** Brokers in this state, as the controller's metrics tell it. */
    private static int count(String state) throws JMException {
        ObjectName metric = new ObjectName("kafka.controller:type=KafkaController,name=" + state + "BrokerCount");
        return (Integer) ManagementFactory.getPlatformMBeanServer().getAttribute(metric, "Value");
    }
}

package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.scenario.WorkerProcess;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.KafkaBroker;
import io.tenantry.worker.stack.PostgresServer.ShutdownMode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka, PostgreSQL and the registry go away and come back under load, one after the other: the workers go on, without a
 * restart.
 */
@Tag("guarantee")
@Order(1)
class OutageUnderLoadIT {
    private static final Logger LOG = LoggerFactory.getLogger(OutageUnderLoadIT.class);
    private static DevStack stack;

    private enum Outage {
        CRASH_OF_THE_BROKER,
        RESTART_OF_THE_BROKER,
        CRASH_OF_POSTGRES,
        RESTART_OF_POSTGRES,
        ABSENCE_OF_THE_REGISTRY
    }

    private static final List<Outage> OUTAGES = List.of(Outage.values());

    @BeforeAll
    static void startServers() {
        stack = DevStack.start();
    }

    @AfterAll
    static void stopServers() {
        stack.close();
    }

    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#usual")
    void goOnWithoutARestartWhenServersComeBack(Round round) throws Exception {
        InetSocketAddress server =
                new InetSocketAddress(stack.postgres().host(), stack.postgres().port());
        Optional<KafkaBroker.Detour> detour = stack.kafka().detours().stream().findFirst();
        try (TcpProxy registry = new TcpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), server);
                Way way = Way.by(detour);
                Trial trial = Trial.on(stack, round)) {
            trial.onboard(trial.scale().tenants(), trial.scale().step());
            String url = trial.deployment().settings().registry().url();
            String detoured = url.replace(
                    stack.postgres().host() + ":" + server.getPort(),
                    InetAddress.getLoopbackAddress().getHostAddress() + ":" + registry.port());
            assertThat(detoured).isNotEqualTo(url);
            trial.deployment().with("registry.url", detoured);
            detour.ifPresent(around -> trial.deployment().with("kafka.bootstrap-servers", around.advertised()));
            trial.startWorkers(trial.scale().workers()).awaitReady();

            for (int i = 0; i < OUTAGES.size(); i++) {
                Outage outage = OUTAGES.get(i);
                if (outage == Outage.CRASH_OF_THE_BROKER && !stack.kafka().recoversFromCrash()) {
                    LOG.warn("{}: without {}", round, outage);
                    continue;
                }
                LOG.info("{}: {}", round, outage);
                trial.load(share(trial, i), trial.scale().newcomers())
                        .under(attacked -> {
                            attacked.awaitProgress(3);
                            happen(outage, attacked, registry, way);
                        })
                        .check();
                assertThat(trial.workers()).allMatch(WorkerProcess::isAlive);
            }
        }
    }

    /**
     * The workers' way to the broker. It is closed a moment before the only broker of all partitions shuts down: until 4.4.0
     * Kafka leaves out the markers of a transaction that ends while it gives up their leadership (KAFKA-20734).
     */
    private record Way(@Nullable TcpProxy proxy) implements AutoCloseable {
        static final Duration WHAT_IS_UNDER_WAY = Duration.ofMillis(300);

        static Way by(Optional<KafkaBroker.Detour> detour) {
            return new Way(detour.map(around ->
                            new TcpProxy(TcpProxy.address(around.advertised()), TcpProxy.address(around.listens())))
                    .orElse(null));
        }

        void shut() {
            if (proxy != null) {
                proxy.away();
                pause(WHAT_IS_UNDER_WAY);
            }
        }

        void open() {
            if (proxy != null) {
                proxy.back();
            }
        }

        @Override
        public void close() {
            if (proxy != null) {
                proxy.close();
            }
        }
    }

    /** Each outage has tenants of its own, since a tenant can be brought to a version once. */
    private static List<String> share(Trial trial, int outage) {
        int share = trial.tenants().size() / OUTAGES.size();
        return trial.tenants().subList(outage * share, (outage + 1) * share);
    }

    private static void happen(Outage outage, Trial trial, TcpProxy registry, Way way) {
        switch (outage) {
            case CRASH_OF_THE_BROKER -> {
                stack.kafka().kill();
                stack.kafka().startAgain();
            }
            case RESTART_OF_THE_BROKER -> {
                way.shut();
                stack.kafka().restart();
                way.open();
            }
            case CRASH_OF_POSTGRES -> stack.postgres().restart(ShutdownMode.IMMEDIATE);
            case RESTART_OF_POSTGRES -> stack.postgres().restart(ShutdownMode.FAST);
            case ABSENCE_OF_THE_REGISTRY -> {
                registry.away();
                pause(trial.scale().away());
                registry.back();
            }
        }
    }

    private static void pause(Duration length) {
        long end = System.nanoTime() + length.toNanos();
        for (long left = length.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}

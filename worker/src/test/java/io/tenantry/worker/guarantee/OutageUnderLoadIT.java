package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.scenario.WorkerProcess;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.KafkaBroker;
import io.tenantry.worker.stack.PostgresServer.ShutdownMode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
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
        KafkaBroker.Detour detour = stack.kafka().detours().get(0);
        try (TcpProxy registry = new TcpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), server);
                TcpProxy way = new TcpProxy(TcpProxy.address(detour.advertised()), TcpProxy.address(detour.listens()));
                Trial trial = Trial.on(stack, round)) {
            trial.onboard(trial.scale().tenants(), trial.scale().step());
            String url = trial.deployment().settings().registry().url();
            String detoured = url.replace(
                    stack.postgres().host() + ":" + server.getPort(),
                    InetAddress.getLoopbackAddress().getHostAddress() + ":" + registry.port());
            assertThat(detoured).isNotEqualTo(url);
            trial.deployment().with("registry.url", detoured);
            trial.deployment().with("kafka.bootstrap-servers", detour.advertised());
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

    /** Each outage has tenants of its own, since a tenant can be brought to a version once. */
    private static List<String> share(Trial trial, int outage) {
        int share = trial.tenants().size() / OUTAGES.size();
        return trial.tenants().subList(outage * share, (outage + 1) * share);
    }

    private static void happen(Outage outage, Trial trial, TcpProxy registry, TcpProxy way) {
        switch (outage) {
            case CRASH_OF_THE_BROKER -> {
                stack.kafka().kill();
                stack.kafka().startAgain();
            }
            case RESTART_OF_THE_BROKER -> {
                way.away();
                awaitTheEndOfTransactions(trial);
                stack.kafka().restart();
                way.back();
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

    /**
     * The only broker of all partitions shuts down when no transaction is to be ended: until 4.4.0 Kafka takes partitions
     * without a leader for deleted ones, and leaves out their markers (KAFKA-20734). Without the marker in the offsets'
     * partition nobody can read the committed offsets any more, and their partitions are not consumed. Nothing begins a
     * transaction meanwhile, and those of workers that are cut off end by their timeout.
     */
    private static void awaitTheEndOfTransactions(Trial trial) {
        Await.until(
                Duration.ofSeconds(60), "the coordinator has ended all transactions", trial.transactions()::allAreOver);
    }

    private static void pause(Duration length) {
        long end = System.nanoTime() + length.toNanos();
        for (long left = length.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}

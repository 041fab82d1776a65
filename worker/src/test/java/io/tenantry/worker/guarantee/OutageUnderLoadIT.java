package io.tenantry.worker.guarantee;

import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.PostgresServer.ShutdownMode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kafka, PostgreSQL and the registry go away and come back under load: the workers go on, without a restart. */
class OutageUnderLoadIT {
    private static DevStack stack;

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
    void outlivesACrashOfTheBroker(Round round) throws Exception {
        underLoad(round, trial -> {
            stack.kafka().kill();
            stack.kafka().startAgain();
        });
    }

    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#usual")
    void outlivesACrashOfPostgres(Round round) throws Exception {
        underLoad(round, trial -> stack.postgres().restart(ShutdownMode.IMMEDIATE));
    }

    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#usual")
    void outlivesAnAbsenceOfTheRegistry(Round round) throws Exception {
        InetSocketAddress server =
                new InetSocketAddress(stack.postgres().host(), stack.postgres().port());
        try (TcpProxy proxy = new TcpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), server);
                Trial trial = Trial.on(stack, round)) {
            trial.onboard(trial.scale().tenants(), trial.scale().step());
            String url = trial.deployment().settings().registry().url();
            trial.deployment().with("registry.url", url.replace(":" + server.getPort(), ":" + proxy.port()));
            run(trial, attacked -> {
                proxy.away();
                pause(attacked.scale().away());
                proxy.back();
            });
        }
    }

    private static void underLoad(Round round, Attack outage) throws Exception {
        try (Trial trial = Trial.on(stack, round)) {
            trial.onboard(trial.scale().tenants(), trial.scale().step());
            run(trial, outage);
        }
    }

    private static void run(Trial trial, Attack outage) {
        trial.startWorkers(trial.scale().workers())
                .load(trial.scale().newcomers())
                .under(attacked -> {
                    attacked.awaitProgress(5);
                    outage.on(attacked);
                })
                .check();
    }

    private static void pause(Duration length) {
        long end = System.nanoTime() + length.toNanos();
        for (long left = length.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}

package io.tenantry.worker.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.registry.LookUp;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.RunningWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Workers that start at the same moment do not get into each other's way. */
class StartupTogetherIT {
    private static final int WORKERS = 4;
    private static final int AT_ONCE = 8;

    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create().withEmptyRegistry();
        deployment.database("users").withTwoTables();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @RepeatedTest(3)
    void migrateTheRegistryOnce() throws Exception {
        RegistrySettings settings = deployment.settings().registry();
        CyclicBarrier start = new CyclicBarrier(AT_ONCE);
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> migrations = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                migrations.add(threads.submit(() -> {
                    try (Registry registry = new Registry(settings, "test")) {
                        // Opens its connection, so that they meet in the migration and not on the way to it.
                        assertThatThrownBy(() -> registry.lookUp(List.of(new LookUp(
                                        new RequestRef("id", "source", "type", "topic", 0, 0), "acme", null))))
                                .hasMessageContaining("does not exist");
                        start.await(30, TimeUnit.SECONDS);
                        registry.migrate();
                    }
                    return null;
                }));
            }
            for (Future<?> migration : migrations) {
                migration.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(deployment.queryRegistry("SELECT version FROM tenantry.flyway_schema_history"))
                .doesNotHaveDuplicates()
                .isNotEmpty();
        assertThat(deployment.queryRegistry("SELECT count(*) FROM tenantry.tenant"))
                .containsExactly("0");
    }

    @Test
    void allOfThemWork() {
        deployment.withTopics();
        List<RunningWorker> workers = IntStream.range(0, WORKERS)
                .mapToObj(number -> deployment.startWorker())
                .toList();

        IntStream.range(0, 12).forEach(number -> deployment.events().signUp("t" + number));

        assertThat(deployment.results().await(12)).hasSize(12);
        workers.forEach(RunningWorker::stop);
    }
}

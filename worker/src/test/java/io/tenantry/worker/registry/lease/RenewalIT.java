package io.tenantry.worker.registry.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.guarantee.TcpProxy;
import io.tenantry.worker.registry.Registration;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nothing that a worker does with the registry otherwise delays the renewal of its lease. */
@Timeout(120)
class RenewalIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final LeaseTerms TERMS = new LeaseTerms(Duration.ofSeconds(6), Duration.ofMillis(200));

    private Deployment deployment;

    @BeforeEach
    void migrateRegistry() throws SQLException {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        try (Registry registry = new Registry(deployment.settings().registry(), "test")) {
            registry.migrate();
        }
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void goesOnWhileEveryConnectionOfThePoolIsBusy() throws Exception {
        try (LeasingWorker worker = start(deployment.settings().registry().url());
                Connection other = deployment.stack().postgres().connect(deployment.controlDatabase());
                Statement statement = other.createStatement()) {
            assertThat(worker.await(PATIENCE)).isTrue();
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE tenantry.tenant");
            CompletableFuture<Void> settling = CompletableFuture.runAsync(() -> settle(worker));
            Await.until(PATIENCE, "settling waits for the lock", this::somebodyWaits);

            long before = renewals();
            Await.until(PATIENCE, "the lease was renewed for longer than it lasts", () -> renewals() > before + 35);

            assertThat(settling).isNotDone();
            assertThat(worker.losses()).isZero();
            assertThat(worker.tryAcquire("main")).isTrue();
            other.rollback();
            settling.join();
        }
    }

    @Test
    void isTriedOnANewConnectionWhenTheOneItHasHangs() {
        try (TcpProxy proxy = new TcpProxy(new InetSocketAddress("localhost", 0), registryAddress());
                LeasingWorker worker = start(through(proxy))) {
            assertThat(worker.await(PATIENCE)).isTrue();

            proxy.silenceThoseOpen();

            long before = renewals();
            Await.until(PATIENCE, "the lease is renewed again", () -> renewals() > before + 5);
            assertThat(worker.losses()).isZero();
            assertThat(worker.tryAcquire("main")).isTrue();
        }
    }

    private LeasingWorker start(String registryUrl) {
        RegistrySettings settings = deployment.settings().registry();
        LeasingWorker worker = new LeasingWorker(
                deployment,
                new RegistrySettings(registryUrl, settings.user(), settings.password(), 1, settings.ledgerRetention()),
                "group",
                "renewing " + deployment.tenantDatabase(),
                Map.of("main", 4),
                TERMS);
        worker.start();
        return worker;
    }

    private static void settle(LeasingWorker worker) {
        try {
            worker.registry()
                    .settle(List.of(), List.of(new Registration("acme", true, Map.of(), List.of())), List.of());
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private boolean somebodyWaits() {
        return !deployment
                .queryRegistry("SELECT pid FROM pg_locks WHERE relation = 'tenantry.tenant'::regclass AND NOT granted")
                .isEmpty();
    }

    private long renewals() {
        return Long.parseLong(
                deployment.queryRegistry("SELECT renewals FROM tenantry.worker").get(0));
    }

    private InetSocketAddress registryAddress() {
        URI uri = URI.create(deployment.settings().registry().url().substring("jdbc:".length()));
        return new InetSocketAddress(uri.getHost(), uri.getPort());
    }

    private String through(TcpProxy proxy) {
        return "jdbc:postgresql://localhost:" + proxy.port() + "/" + deployment.controlDatabase();
    }
}

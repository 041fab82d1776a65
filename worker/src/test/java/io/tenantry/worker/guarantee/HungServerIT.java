package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.PostgresServer;
import io.tenantry.worker.stack.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** One of two servers takes connections and answers nothing: what the other one's tenants ask for goes on as before. */
@Order(4)
class HungServerIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int BEHIND = 50;
    private static final int WAITING = 100;
    /** Of each that waits: all together are more than a worker keeps in its memory for one of two servers. */
    private static final int CHARACTERS = 60 * 1024;

    private final PostgresServer hung = PostgresServer.start(Map.of());
    private Deployment deployment;
    private List<Long> stopped = List.of();

    @BeforeEach
    void deploy() throws Exception {
        deployment = Deployment.create().server("hung", hung);
        deployment.database("users").withTwoTables();
        deployment.database("orders").with("V1__order.sql", "CREATE TABLE placed (id int);");
        deployment.with("databases.orders.server", "hung");
        deployment.withTopics();
    }

    @AfterEach
    void cleanUp() throws Exception {
        goOn();
        deployment.close();
        hung.close();
    }

    @Test
    void theOtherServersTenantsAreServedBehindMoreThanTheMemoryTakesThatWaitsForTheHungOne() {
        AppProcess worker = deployment.startWorkerProcess();
        List<String> before = new ArrayList<>();
        for (int i = 0; i < BEHIND; i++) {
            before.add(deployment.events().publish(new TenantCreated("known" + i, List.of("users"), Map.of())));
            before.add(deployment.events().publish(new TenantCreated("stuck" + i, List.of("orders"), Map.of())));
        }
        before.forEach(request -> deployment.results().of(request));
        stop();

        List<String> waiting = new ArrayList<>();
        Map<String, String> attributes = MemoryIT.attributes(CHARACTERS);
        for (int i = 0; i < WAITING; i++) {
            waiting.add(deployment.events().publish(new TenantCreated("hung" + i, List.of("orders"), attributes)));
        }
        for (int i = 0; i < BEHIND; i++) {
            // Only the registry knows where these live.
            waiting.add(deployment
                    .events()
                    .publish(new MigrationRequested("stuck" + i, null, List.of(), MigrationRequested.LATEST, null, 1)));
        }
        List<String> behind = new ArrayList<>();
        for (int i = 0; i < BEHIND; i++) {
            behind.add(deployment.events().publish(new TenantCreated("new" + i, List.of("users"), Map.of())));
            behind.add(deployment
                    .events()
                    .publish(new MigrationRequested("known" + i, null, List.of(), MigrationRequested.LATEST, null, 1)));
        }

        assertThat(answers(behind)).allMatch(result -> result.error() == null);
        assertThat(answered()).as("what waits for the hung server").doesNotContainAnyElementsOf(waiting);
        Await.until(
                DEADLINE,
                "what waits is counted, at work and parked",
                () -> worker.metric("tenantry_waiting") > 0 && worker.metric("tenantry_parked") > 0);

        goOn();
        List<TenantResult> late = answers(waiting);
        assertThat(late).allMatch(result -> result.error() == null).hasSize(waiting.size());
        deployment.topics().awaitNoLag();
        List<String> all = answeredList();
        assertThat(all).as("one answer each").doesNotHaveDuplicates();
        worker.signal(Signal.TERM);
        assertThat(worker.awaitExit()).isIn(0, 143);
    }

    private List<TenantResult> answers(List<String> requests) {
        Set<String> wanted = new HashSet<>(requests);
        Await.until(DEADLINE, requests.size() + " answers", () -> answered().containsAll(wanted));
        return deployment.results().all().stream()
                .filter(result -> wanted.contains(result.request().id()))
                .toList();
    }

    private Set<String> answered() {
        return new HashSet<>(answeredList());
    }

    private List<String> answeredList() {
        return deployment.results().all().stream()
                .map(result -> result.request().id())
                .collect(Collectors.toList());
    }

    /** The server with all its sessions, as a machine that stands still. */
    private void stop() {
        List<Long> pids = hung.pids();
        assumeFalse(pids.isEmpty(), "the server runs in a container");
        stopped = pids.stream()
                .skip(1)
                .flatMap(pid -> Stream.concat(
                        Stream.of(pid),
                        ProcessHandle.of(pid).stream()
                                .flatMap(ProcessHandle::descendants)
                                .map(ProcessHandle::pid)))
                .toList();
        stopped.forEach(Signal.STOP::sendTo);
    }

    private void goOn() {
        stopped.forEach(Signal.CONT::sendTo);
        stopped = List.of();
    }
}

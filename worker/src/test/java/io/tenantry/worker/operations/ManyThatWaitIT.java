package io.tenantry.worker.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Thousands of requests that wait, for whatever it is, keep none from being answered that was published after them. */
@Order(8)
class ManyThatWaitIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int MANY = 2100;
    private static final int BEHIND = 20;

    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        deployment.with("worker.unknown-tenant-grace", "1h").withTopics();
        deployment.startWorker();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void forTenantsThatNobodyKnowsOrForOneThatIsLocked() throws Exception {
        List<String> known = new ArrayList<>();
        for (int i = 0; i < BEHIND; i++) {
            known.add(deployment.events().signUp("known" + i));
        }
        answers(known);
        List<String> waiting;
        try (Connection other = deployment.connect();
                Statement statement = other.createStatement()) {
            statement.execute(
                    "SELECT pg_advisory_lock(('x' || left(encode(sha256('users_locked'), 'hex'), 16))::bit(64)::bigint)");
            List<TenantRequest> many = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                many.add(migration("unknown" + i));
                many.add(new TenantCreated("locked", List.of(), Map.of()));
            }
            waiting = deployment.events().publishAll(many);
            List<String> behind = new ArrayList<>();
            for (int i = 0; i < BEHIND; i++) {
                behind.add(deployment.events().publish(migration("known" + i)));
                behind.add(deployment.events().signUp("new" + i));
            }

            answers(behind);

            assertThat(answered()).doesNotContainAnyElementsOf(waiting);
        }
        answers(waiting.subList(1, 2));
    }

    private static TenantRequest migration(String tenant) {
        return new MigrationRequested(tenant, null, List.of(), MigrationRequested.LATEST, null, 1);
    }

    private void answers(List<String> requests) {
        Await.until(DEADLINE, requests.size() + " answers", () -> answered().containsAll(requests));
    }

    private Set<String> answered() {
        return deployment.results().all().stream()
                .map(result -> result.request().id())
                .collect(Collectors.toCollection(HashSet::new));
    }
}

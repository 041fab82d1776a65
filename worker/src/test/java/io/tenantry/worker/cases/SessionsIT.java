package io.tenantry.worker.cases;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.PublicCase;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a script leaves in its session, in the cases 10 and 24. */
class SessionsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void timeoutsAndTemporaryTablesEndWithTheirScript() throws Exception {
        try (Deployment deployment = Deployment.create()) {
            release(deployment, "migrations");
            deployment.withTopics().startWorker();
            deployment.results().data(deployment.events().signUp("old"));
            release(deployment, "migrations-2");
            deployment.replaceWorkers();
            try (Connection holder = deployment.connect();
                    Statement hold = holder.createStatement()) {
                holder.setAutoCommit(false);
                hold.execute("SELECT * FROM lock_old.a");
                String request = deployment.events().migrate("old", "latest");

                assertThatOthersRead(deployment);
                // Case 24, a new tenant beside it.
                assertIsAt3(deployment.results().data(deployment.events().signUp("new")));
                holder.commit();

                assertIsAt3(deployment.results().data(request));
            }
            assertIsAt3(deployment.results().data(deployment.events().signUp("third")));
        }
    }

    private static void release(Deployment deployment, String folder) {
        PublicCase.put("10-lock-timeout-leaks", folder, deployment.database("lock"));
        PublicCase.put("24-temp-table-twice", folder, deployment.database("temp"));
    }

    /** While V3 of case 10 waits for its lock, and comes back for it. */
    private static void assertThatOthersRead(Deployment deployment) throws Exception {
        Await.until(
                PATIENCE,
                "V3 waits",
                () -> !deployment
                        .query("SELECT pid FROM pg_stat_activity WHERE query LIKE '%ALTER TABLE a ADD COLUMN b%' AND"
                                + " wait_event_type = 'Lock' AND datname = current_database()")
                        .isEmpty());
        try (Connection traffic = deployment.connect();
                Statement read = traffic.createStatement()) {
            read.execute("SET statement_timeout = '20s'; SELECT * FROM lock_old.a");
        }
        assertThat(deployment.query("SELECT max(version) FROM lock_old.flyway_schema_history"))
                .containsExactly("2");
    }

    private static void assertIsAt3(TenantResult result) {
        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.databases()).extracting(DatabaseResult::to).isEqualTo(List.of("3", "3"));
    }
}

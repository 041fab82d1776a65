package io.tenantry.worker.cases;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.PublicCase;
import io.tenantry.worker.scenario.Results;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Scripts that send a million rows or notices, to a worker process with a heap of 256 MiB. */
@Order(9)
class MuchSentIT {
    @Test
    void aMillionRowsOfOneTenantFailThatTenantAlone() throws Exception {
        try (PublicCase bigTable = PublicCase.of("02-select-over-big-table")) {
            Deployment deployment = bigTable.release1().deployment();
            signUp(deployment, List.of("acme", "big"));
            bigTable.between().release2();
            try (AppProcess worker = deployment.startWorkerProcess()) {
                String big = deployment.events().migrate("big", "latest");
                String acme = deployment.events().migrate("acme", "latest");

                assertTooMuch(deployment.results().data(big), "V2__show_all.sql");
                assertThat(deployment.results().data(acme).outcome()).isEqualTo(Outcome.COMPLETED);
                assertThat(worker.get("/health/live").statusCode()).isEqualTo(200);
            }
            assertThat(deployment.query("SELECT max(version) FROM tenant_big.flyway_schema_history"))
                    .containsExactly("1");
        }
    }

    /** The variant of the case: already the trial at the start would run out of memory. */
    @Test
    void aMillionNoticesInEveryHomeLeaveAStartWithoutPlans() throws Exception {
        try (PublicCase notices = PublicCase.of("02-select-over-big-table")) {
            Deployment deployment = notices.release("migrations-b").deployment();
            try (AppProcess worker = deployment.startWorkerProcess()) {
                String request = deployment.events().signUp("acme");

                assertTooMuch(deployment.results().data(request), "V2__notices.sql");
                assertThat(worker.output())
                        .anyMatch(line -> line.contains(" WARN ") && line.contains("V2__notices.sql"));
            }
        }
    }

    @Test
    void sixteenTenantsWithAMillionRowsOrNoticesEachFailAtTheSameTime() throws Exception {
        try (Deployment deployment = Deployment.create()) {
            deployment
                    .database("users")
                    .with(
                            "V1__kind.sql",
                            "CREATE TABLE kind (kind int); CREATE FUNCTION nothing(int) RETURNS void LANGUAGE sql AS '';");
            deployment.withTopics();
            List<String> noisy =
                    IntStream.range(0, 16).mapToObj(number -> "noisy" + number).toList();
            signUp(deployment, noisy);
            noisy.forEach(tenant ->
                    deployment.execute("INSERT INTO users_" + tenant + ".kind VALUES (" + tenant.length() + ")"));
            deployment.database("users").with("V2__much.sql", """
                            SELECT nothing(n) FROM kind, generate_series(1, 1000000) n WHERE kind = 7;
                            DO $$ BEGIN
                                IF EXISTS (SELECT FROM kind WHERE kind = 6) THEN
                                    FOR n IN 1..1000000 LOOP RAISE INFO '%', n; END LOOP;
                                END IF;
                            END $$;
                            """);
            try (AppProcess worker = deployment.startWorkerProcess()) {
                List<String> requests = noisy.stream()
                        .map(tenant -> deployment.events().migrate(tenant, "latest"))
                        .toList();
                String quiet = deployment.events().signUp("quiet");

                assertThat(requests)
                        .allSatisfy(
                                request -> assertTooMuch(deployment.results().data(request), "V2__much.sql"));
                assertThat(deployment.results().data(quiet).outcome()).isEqualTo(Outcome.COMPLETED);
                assertThat(worker.get("/health/live").statusCode()).isEqualTo(200);
            }
        }
    }

    private static void signUp(Deployment deployment, List<String> tenants) {
        var worker = deployment.startWorker();
        tenants.forEach(deployment.events()::signUp);
        deployment.results().await(tenants.size());
        worker.stop();
    }

    private static void assertTooMuch(TenantResult result, String script) {
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        ResultError error = Results.error(result);
        assertThat(error.code()).isEqualTo(ErrorCode.MIGRATION_FAILED);
        assertThat(error.migration()).isEqualTo(script);
        assertThat(error.message()).contains("PERFORM");
    }
}

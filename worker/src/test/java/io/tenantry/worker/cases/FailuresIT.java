package io.tenantry.worker.cases;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.PublicCase;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases of scripts that fail: a result within seconds that says which script and where. */
class FailuresIT {
    /** A table that is missing, a schema that is missing, and a script that says so though nothing is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "DO $$ BEGIN IF to_regclass('orders') IS NULL THEN CREATE TABLE archive.orders (); END IF; END $$;",
                "DO $$ BEGIN IF to_regclass('orders') IS NULL THEN RAISE EXCEPTION 'no' USING ERRCODE = '42P01'; END IF; END $$;"
            })
    void aTableThatOneTenantLacksFailsThatTenantAlone(String variant) throws Exception {
        try (PublicCase opened = PublicCase.of("01-missing-table").release1()) {
            Deployment deployment = opened.deployment();
            deployment.startWorker();
            signUp(deployment, "acme");
            signUp(deployment, "broken");
            opened.between().release2();
            if (!variant.isEmpty()) {
                deployment.database("users").with("V2__discount.sql", variant);
            }
            deployment.replaceWorkers();

            String acme = deployment.events().migrate("acme", "latest");
            ResultError error = error(deployment, deployment.events().migrate("broken", "latest"));

            assertThat(deployment.results().data(acme).outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(error.migration()).isEqualTo("V2__discount.sql");
            assertThat(error.line()).isEqualTo(1);
            assertThat(error.sqlState()).isEqualTo(variant.contains("archive") ? "3F000" : "42P01");
        }
    }

    @Test
    void aConstraintThatIsViolatedAtTheCommitNamesTheScript() throws Exception {
        try (PublicCase opened = PublicCase.of("14-fails-at-commit").release1()) {
            Deployment deployment = opened.deployment();
            deployment.startWorker();
            signUp(deployment, "acme");
            signUp(deployment, "bad");
            opened.between().release2();
            deployment.replaceWorkers();

            String acme = deployment.events().migrate("acme", "latest");
            ResultError error = error(deployment, deployment.events().migrate("bad", "latest"));

            assertThat(deployment.results().data(acme).outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(error.migration()).isEqualTo("V2__shift.sql");
            assertThat(error.sqlState()).isEqualTo("23503");
            assertThat(deployment.query("SELECT version FROM tenant_bad.flyway_schema_history"))
                    .containsExactly("1");
        }
    }

    @Test
    void anIndexThatCannotBeMadeConcurrentlyFailsTheSignup() throws Exception {
        try (PublicCase opened = PublicCase.of("22-concurrently-on-partitioned").release1()) {
            Deployment deployment = opened.deployment();
            deployment.startWorker();

            ResultError error = error(deployment, deployment.events().signUp("acme"));

            assertThat(error.migration()).isEqualTo("V2__index.sql");
            assertThat(error.line()).isEqualTo(1);
            assertThat(error.sqlState()).isEqualTo("0A000");
            assertThat(deployment.query("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"))
                    .isEmpty();
        }
    }

    private static void signUp(Deployment deployment, String tenant) {
        assertThat(deployment.results().data(deployment.events().signUp(tenant)).outcome())
                .isEqualTo(Outcome.COMPLETED);
    }

    private static ResultError error(Deployment deployment, String request) {
        TenantResult result = deployment.results().data(request);
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        return Objects.requireNonNull(result.error());
    }
}

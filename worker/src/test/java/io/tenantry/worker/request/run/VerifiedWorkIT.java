package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.config.VerifyAfter;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code verify-after: always}: a home that the request itself made differ fails before its result. */
class VerifiedWorkIT {
    private Workbench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new Workbench().verifying(VerifyAfter.ALWAYS);
        bench.with("V1__account.sql", "CREATE TABLE account (id int PRIMARY KEY, name text)");
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void failsOnWhatTheRequestCausedAndNotOnAnOlderDrift() throws Exception {
        Workbench.Release first = bench.release();
        assertThat(result(first.signUp("acme")).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result(first.signUp("globex")).outcome()).isEqualTo(Outcome.COMPLETED);
        bench.execute("CREATE TABLE tenant_acme.notes (id int); CREATE TABLE tenant_globex.notes (id int);"
                + " ALTER TABLE tenant_acme.account ALTER name TYPE varchar(50)");
        bench.with(
                "V2__index.sql",
                "DO $$ BEGIN IF '${tenant}' <> 'globex' THEN CREATE INDEX by_name ON account (name); END IF; END $$;"
                        + " ALTER TABLE account ALTER name SET NOT NULL");
        Workbench.Release second = bench.release();

        TenantResult acme = result(second.migrate("acme"));
        TenantResult globex = result(second.migrate("globex"));

        assertThat(acme.outcome())
                .as("its drift is older, also that of a column which V2 alters")
                .isEqualTo(Outcome.COMPLETED);
        assertThat(globex.outcome()).isEqualTo(Outcome.FAILED);
        DatabaseResult home = globex.databases().get(0);
        assertThat(home.to()).as("what was applied stays").isEqualTo("2");
        assertThat(home.applied()).containsExactly("2");
        assertThat(Objects.requireNonNull(home.error()).code()).isEqualTo(ErrorCode.DRIFT_DETECTED);
        assertThat(home.error().message())
                .contains("missing index by_name on account")
                .doesNotContain("notes")
                .as("definitions may hold secrets")
                .doesNotContain("CREATE INDEX");
        assertThat(result(second.migrate("globex")).outcome())
                .as("a further request finds it at its version, and causes nothing")
                .isEqualTo(Outcome.UP_TO_DATE);
        assertThat(result(second.signUp("initech")).outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void failsOnWhatAnEarlierAttemptOfTheSameRequestCaused() throws Exception {
        bench.with("V1_1__tries.sql", "CREATE SEQUENCE tries");
        assertThat(result(bench.release().signUp("globex")).outcome()).isEqualTo(Outcome.COMPLETED);
        bench.with(
                        "V2__index.sql",
                        "DO $$ BEGIN IF '${tenant}' <> 'globex' THEN CREATE INDEX by_name ON account (name); END IF; END $$")
                .with(
                        "V3__late.sql",
                        "DO $$ BEGIN IF '${tenant}' = 'globex' AND nextval('tries') < 3 THEN RAISE EXCEPTION 'later' USING"
                                + " ERRCODE = '40001'; END IF; END $$");

        TenantResult globex = result(bench.release().migrate("globex"));

        assertThat(globex.attempts()).as("V2 by the first, V3 by a later one").isGreaterThan(1);
        assertThat(globex.databases().get(0).applied()).containsExactly("2", "3");
        assertThat(Objects.requireNonNull(globex.databases().get(0).error()).code())
                .isEqualTo(ErrorCode.DRIFT_DETECTED);
    }

    @Test
    void failsTheSignupOfATenantThatTheMigrationsTreatDifferently() throws Exception {
        bench.with(
                "V2__index.sql",
                "DO $$ BEGIN IF '${tenant}' = 'globex' THEN CREATE INDEX by_name ON account (name); END IF; END $$");
        Workbench.Release release = bench.release();

        assertThat(result(release.signUp("acme")).outcome()).isEqualTo(Outcome.COMPLETED);
        TenantResult globex = result(release.signUp("globex"));

        assertThat(globex.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(Objects.requireNonNull(globex.databases().get(0).error()).message())
                .contains("extra index by_name on account");
        Workbench.Release sampling = bench.verifying(VerifyAfter.SAMPLE).release();
        bench.execute("DROP SCHEMA tenant_globex CASCADE");
        assertThat(result(sampling.signUp("globex")).outcome())
                .as("only always looks before the result")
                .isEqualTo(Outcome.COMPLETED);
    }

    private static TenantResult result(CompletableFuture<TenantResult> answer) throws Exception {
        return answer.get(60, TimeUnit.SECONDS);
    }
}

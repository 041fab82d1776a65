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
        bench.with(
                "V1_1__computed.sql",
                "DO $$ BEGIN EXECUTE format('ALTER TABLE account ADD code text DEFAULT %L', upper('${tenant}')); END $$");
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
    void anOlderDriftOfWhatTheMigrationChangesIsNoReason() throws Exception {
        bench.with(
                "V1_1__booking.sql",
                "CREATE TABLE booking (id int, customer text, note text); CREATE TYPE state AS ENUM ('new')");
        Workbench.Release first = bench.release();
        assertThat(result(first.signUp("acme")).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result(first.signUp("globex")).outcome()).isEqualTo(Outcome.COMPLETED);
        bench.execute(
                "SET search_path = tenant_acme; ALTER TABLE booking DROP customer, ADD customer text, ADD room text;"
                        + " ALTER TABLE account ALTER name TYPE varchar(50); ALTER TYPE state ADD VALUE 'odd';"
                        + " ALTER DEFAULT PRIVILEGES IN SCHEMA tenant_acme GRANT SELECT ON TABLES TO PUBLIC");
        bench.with("V1_2__paid.sql", "ALTER TYPE state ADD VALUE 'paid'");
        bench.with(
                "V2__more.sql",
                "ALTER TABLE booking ADD seat int; ALTER TABLE booking RENAME TO reservation;"
                        + " ALTER TABLE account ALTER name SET NOT NULL, ADD CONSTRAINT named CHECK (name <> '');"
                        + " CREATE INDEX lower_name ON account (lower(name)); CREATE VIEW names AS SELECT name FROM account;"
                        + " CREATE TABLE more (id int); DO $$ BEGIN IF '${tenant}' = 'globex' THEN"
                        + " ALTER TABLE account ALTER name SET DEFAULT 'secret-1'; END IF; END $$");
        Workbench.Release second = bench.release();

        TenantResult acme = result(second.migrate("acme"));
        TenantResult globex = result(second.migrate("globex"));

        assertThat(acme.databases().get(0).error()).isNull();
        assertThat(Objects.requireNonNull(globex.databases().get(0).error()).message())
                .as("results hold no literals of definitions")
                .contains(": changed column account.name. ")
                .doesNotContain("secret-1");
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

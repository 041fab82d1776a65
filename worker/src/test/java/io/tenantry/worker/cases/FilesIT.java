package io.tenantry.worker.cases;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.CommandResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.PublicCase;
import io.tenantry.worker.scenario.Results;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a folder of migrations may hold. */
class FilesIT {
    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    /** Cases 05, 16 and 19. */
    @Test
    void foldersThatFlywayReadsStart() {
        PublicCase.put("05-uppercase-suffix", "migrations", deployment.database("suffix"));
        PublicCase.put("16-latin1-with-conf", "migrations", deployment.database("city"));
        PublicCase.put("19-undo-and-helpers", "migrations", deployment.database("years"));
        AppProcess worker = deployment.withTopics().startProcess("run");

        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.databases())
                .extracting(DatabaseResult::applied)
                .containsExactly(List.of("1", "2", "3"), List.of("1", "2"), List.of("1", "2"));
        assertThat(deployment.query("SELECT name FROM city_acme.city")).containsExactly("Köln");
        assertThat(deployment.query("SELECT count(*) FROM years_acme.a")).containsExactly("0");
        assertThat(worker.output())
                .anyMatch(line -> line.contains(" INFO ")
                        && line.contains(
                                "database years: undo scripts are ignored, since Tenantry only migrates forward: ")
                        && line.contains("U1__a.sql"))
                .anyMatch(line -> line.contains(" WARN ")
                        && line.contains("database years: files whose names are not names of migrations are ignored:"
                                + " fixtures/demo.sql"));
    }

    /** Case 11, and case 16 without its configuration. */
    @Test
    void filesThatCannotBeReadEndTheStartByName() {
        PublicCase.put("11-copy-without-end", "migrations", deployment.database("copy"));
        PublicCase.put("16-latin1-with-conf", "migrations-b", deployment.database("city"));

        CommandResult worker = deployment.withTopics().command("run");

        assertThat(worker.status()).isEqualTo(2);
        assertThat(worker.output())
                .anyMatch(line -> line.contains("databases.copy.migrations: V2__plans.sql (line 1): Flyway's parser"
                        + " never gets through it"))
                .anyMatch(line -> line.contains("databases.city.migrations: V2__umlaut.sql: line 1 is not in UTF-8"));
    }

    /** Case 12 with BEGIN ATOMIC. */
    @Test
    void aScriptThatFlywayCannotReadFailsByName() {
        PublicCase.put("12-dollar-parameters", "migrations-b", deployment.database("users"));
        AppProcess worker = deployment.withTopics().startWorkerProcess();

        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(worker.output())
                .anyMatch(line -> line.contains(" WARN ")
                        && line.contains(
                                "database users: Flyway cannot read V2__sums.sql: Incomplete statement at line 1")
                        && line.contains("give the parameters names"))
                .anyMatch(line -> line.contains("database users: 1 of 3 migrations are applied by plan"));
        ResultError error = Results.error(result);
        assertThat(error.migration()).isEqualTo("V2__sums.sql");
        assertThat(error.message()).contains("V2__sums.sql", "Incomplete statement");
        assertThat(result.databases())
                .singleElement()
                .satisfies(home -> assertThat(home.to()).isEqualTo("1"));
    }
}

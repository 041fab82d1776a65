package io.tenantry.worker.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Results;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests that change nothing: one worker is enough for all. */
class RefusedUpgradesIT {
    private static Deployment deployment;

    /** Onboards acme at version 2 of both databases. */
    @BeforeAll
    static void onboard() {
        deployment =
                Deployment.create().with("worker.unknown-tenant-grace", "1s").with("worker.unknown-target-grace", "1s");
        deployment.database("users").withTwoTables();
        deployment.database("analytics").withTwoTables();
        deployment.withTopics();
        deployment.startWorker();
        deployment.results().data(deployment.events().signUp("acme"));
    }

    @AfterAll
    static void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void saysUpToDateWhenNothingIsToBeDone() {
        Event<?> event = deployment.results().of(deployment.events().migrate("acme", "2"));

        assertThat(event.type()).isEqualTo(EventType.MIGRATION_COMPLETED);
        assertThat(((TenantResult) event.data()).outcome()).isEqualTo(Outcome.UP_TO_DATE);
    }

    @Test
    void doesNotGoBack() {
        TenantResult result = deployment.results().data(deployment.events().migrate("acme", "1"));

        assertThat(error(result).code()).isEqualTo(ErrorCode.TARGET_BEHIND);
        assertThat(home(result, "users").to()).isEqualTo("2");
    }

    @Test
    void waitsForATargetThatItDoesNotKnowThenFails() {
        TenantResult result = deployment.results().data(deployment.events().migrate("acme", "99"));

        assertThat(error(result).code()).isEqualTo(ErrorCode.TARGET_UNKNOWN);
        assertThat(error(result).message()).contains("99", "newest is 2");
        assertThat(result.finishedAt()).isAfterOrEqualTo(result.startedAt().plusMillis(900));
    }

    @Test
    void waitsForATenantThatItDoesNotKnowThenFails() {
        TenantResult result = deployment.results().data(deployment.events().migrate("nobody", "latest"));

        assertThat(error(result).code()).isEqualTo(ErrorCode.UNKNOWN_TENANT);
        assertThat(result.databases()).isEmpty();
        assertThat(result.finishedAt()).isAfterOrEqualTo(result.startedAt().plusMillis(900));
    }

    @Test
    void refusesADatabaseThatTheTenantHasNoHomeIn() {
        deployment.results().data(deployment.events().publish(new TenantCreated("other", List.of("users"), Map.of())));

        TenantResult result = deployment.results().data(deployment.events().migrate("other", "latest", "analytics"));

        assertThat(error(result).code()).isEqualTo(ErrorCode.UNKNOWN_DATABASE);
        assertThat(error(result).message()).contains("no home in database analytics");
    }

    @Test
    void refusesADatabaseThatIsUnknownOrNotTheTenants() {
        TenantResult unknown = deployment.results().data(deployment.events().migrate("acme", "latest", "nowhere"));
        TenantResult shared = deployment
                .results()
                .data(deployment.events().publish(new MigrationRequested(null, "users", List.of(), "latest", null, 1)));

        assertThat(error(unknown).code()).isEqualTo(ErrorCode.UNKNOWN_DATABASE);
        assertThat(error(shared).code()).isEqualTo(ErrorCode.UNKNOWN_DATABASE);
        assertThat(shared.database()).isEqualTo("users");
    }

    private static ResultError error(TenantResult result) {
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        return Results.error(result);
    }

    private static DatabaseResult home(TenantResult result, String database) {
        return result.databases().stream()
                .filter(home -> home.database().equals(database))
                .findFirst()
                .orElseThrow();
    }
}

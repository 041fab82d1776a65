package io.tenantry.worker.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.RunningWorker;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The registry's time of what was seen is that of the lock, whichever way a home is worked on. */
class ObservationIT {
    private static final String PLANNED = "CREATE TABLE a (id int);";
    /** Flyway alone runs it. */
    private static final String NOT_PLANNED = "CREATE INDEX CONCURRENTLY ON account (name);";

    private Deployment deployment;
    private RunningWorker worker;

    @BeforeEach
    void onboard() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        worker = deployment.withTopics().startWorker();
        deployment.results().data(deployment.events().signUp("acme"));
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {PLANNED, NOT_PLANNED})
    void everyChangeIsSeenLaterThanTheOneBefore(String script) {
        String onboarding = observedAt();
        assertThat(deployment.queryRegistry("SELECT observed_at > now() - interval '1 hour' FROM tenantry.tenant_home"))
                .containsExactly("t");
        worker.stop();
        deployment.database("users").with("V3__more.sql", script);
        deployment.startWorker();

        deployment.results().data(deployment.events().migrate("acme", "latest"));

        assertThat(version()).containsExactly("3");
        assertThat(deployment.queryRegistry("SELECT observed_at > '" + onboarding + "' FROM tenantry.tenant_home"))
                .containsExactly("t");
    }

    @Test
    void theNextRequestCountsAlsoAfterTheServersClockHasSteppedBack() {
        worker.stop();
        deployment.executeInRegistry(
                "UPDATE tenantry.tenant_home SET observed_at = observed_at + interval '50 minutes'");
        deployment.database("users").with("V3__more.sql", PLANNED);
        deployment.startWorker();

        deployment.results().data(deployment.events().migrate("acme", "latest"));

        assertThat(version()).containsExactly("3");
        assertThat(deployment.queryRegistry("SELECT observed_at < now() FROM tenantry.tenant_home"))
                .as("the step is forgotten")
                .containsExactly("t");
    }

    @Test
    void aLookWithoutTheLockIsAsOldAsWhatItCorrects() {
        String onboarding = observedAt();
        deployment.executeInRegistry("UPDATE tenantry.tenant_home SET version = '1'");

        TenantResult result = deployment.results().data(deployment.events().migrate("acme", "latest"));

        assertThat(result.outcome()).isEqualTo(Outcome.UP_TO_DATE);
        assertThat(version()).containsExactly("2");
        assertThat(observedAt()).isEqualTo(onboarding);
    }

    private String observedAt() {
        return deployment
                .queryRegistry("SELECT observed_at FROM tenantry.tenant_home")
                .get(0);
    }

    private List<String> version() {
        return deployment.queryRegistry("SELECT version FROM tenantry.tenant_home");
    }
}

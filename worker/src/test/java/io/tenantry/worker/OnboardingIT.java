package io.tenantry.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OnboardingIT {
    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        deployment.withTopics();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void createsMigratesAndRegistersTheTenant() {
        deployment.startWorker();

        String request = deployment.events().signUp("acme");

        TenantResult result = deployment.results().data(request);
        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(deployment.query("SELECT version FROM users_acme.flyway_schema_history ORDER BY installed_rank"))
                .containsExactly("1", "2");
        assertThat(deployment.queryRegistry("SELECT location || ' ' || version FROM tenantry.tenant_home"))
                .containsExactly("users_acme 2");
    }
}

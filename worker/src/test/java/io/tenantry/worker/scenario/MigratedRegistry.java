package io.tenantry.worker.scenario;

import io.tenantry.worker.registry.Registry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A deployment for each test, and its registry with all tables; both end with the test. */
public final class MigratedRegistry implements BeforeEachCallback, AfterEachCallback {
    private @Nullable Deployment deployment;
    private @Nullable Registry registry;

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        registry = new Registry(deployment.settings().registry(), "test");
        registry.migrate();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (registry != null) {
            registry.close();
        }
        if (deployment != null) {
            deployment.close();
        }
    }

    public Deployment deployment() {
        return Objects.requireNonNull(deployment);
    }

    public Registry registry() {
        return Objects.requireNonNull(registry);
    }
}

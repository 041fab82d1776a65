package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.snapshot.TableColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/** What tenants' homes consist of. */
final class SchemaStates {
    private SchemaStates() {}

    static SchemaState of(EngineFixture engine, String tenant) throws SQLException {
        return of(engine, tenant, Set.of());
    }

    /** @param excluded columns that differ from run to run */
    static SchemaState of(EngineFixture engine, String tenant, Set<TableColumn> excluded) throws SQLException {
        try (Connection connection = engine.connect()) {
            return SchemaState.of(connection, engine.home(tenant).schema(), excluded);
        }
    }
}

package io.tenantry.worker.engine;

import io.tenantry.worker.engine.MigrationCatalog.Migration;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreMigrationType;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

/** How this project configures Flyway, and what it asks of it outside a tenant's home. */
public final class FlywayEngine {
    /** Never created: a place without history, where every migration shows as pending. */
    private static final String NOWHERE = "tenantry_no_such_schema";

    private FlywayEngine() {}

    /**
     * Loads what Flyway resolves in the folder.
     *
     * @param anyDatabase a database to be connected to; nothing is written there
     * @throws IOException if the folder cannot be read
     * @throws MigrationsRefusedException if Flyway refuses the scripts, as with a version that occurs twice
     */
    public static MigrationCatalog load(String database, Path folder, DataSource anyDatabase) throws IOException {
        Scripts scripts = Scripts.ofFolder(folder);
        List<Migration> migrations = new ArrayList<>();
        boolean plain = true;
        for (MigrationInfo info : resolve(scripts, anyDatabase)) {
            migrations.add(new Migration(info.getVersion(), info.getScript(), info.getChecksum()));
            plain &= info.getVersion() != null && info.getType() == CoreMigrationType.SQL;
        }
        return new MigrationCatalog(database, scripts, migrations, plain);
    }

    private static MigrationInfo[] resolve(Scripts scripts, DataSource anyDatabase) {
        try {
            return configure(scripts, anyDatabase, NOWHERE).load().info().all();
        } catch (FlywayException refusal) {
            throw new MigrationsRefusedException(refusal);
        }
    }

    /**
     * Brings a schema of our own, which exists, up to date.
     *
     * @param connection holds a lock that keeps others out; Flyway changes its settings
     * @param textByName scripts by file name
     * @throws MigrationsRefusedException if they cannot be applied
     */
    public static void migrateOwn(Connection connection, String schema, Map<String, String> textByName) {
        try {
            configure(Scripts.of(textByName), new OneConnection(connection), schema)
                    .load()
                    .migrate();
        } catch (FlywayException refusal) {
            throw new MigrationsRefusedException(refusal);
        }
    }

    static FluentConfiguration configure(Scripts scripts, DataSource dataSource, String schema) {
        FluentConfiguration configuration = Flyway.configure()
                .dataSource(dataSource)
                .schemas(schema)
                .table(History.TABLE)
                .createSchemas(false)
                .resourceProvider(scripts)
                .javaMigrationClassProvider(List::of)
                .validateMigrationNaming(true);
        // With its transactional lock Flyway holds a second connection, in a transaction, for the whole migration;
        // that costs a connection, and makes CREATE INDEX CONCURRENTLY wait for it for ever.
        configuration
                .getPluginRegister()
                .getExact(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        return configuration;
    }
}

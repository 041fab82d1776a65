package io.tenantry.worker.engine.catalog;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.home.TenantHome;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.migration.JavaMigration;
import org.flywaydb.core.internal.parser.PlaceholderReplacingReader;
import org.flywaydb.core.internal.resolver.ChecksumCalculator;
import org.flywaydb.core.internal.util.AbbreviationUtils;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Configures Flyway for this project, loads migrations, and calculates checksums. */
public final class FlywayEngine {
    /** The name that Flyway gives it, so that any Flyway can read it. */
    public static final String HISTORY_TABLE = "flyway_schema_history";

    private static final Logger LOG = LoggerFactory.getLogger(FlywayEngine.class);
    /** Never created: a place without history, where every migration shows as pending. */
    public static final String NOWHERE = "tenantry_no_such_schema";

    private static final Map<String, String> ANY_HOME = Map.of("tenant", NOWHERE, "schema", NOWHERE);

    /** As Flyway runs them. */
    private static final Comparator<Migration> IN_ORDER = Comparator.comparing(
                    Migration::version, Comparator.nullsLast(Comparator.<MigrationVersion>naturalOrder()))
            .thenComparing(Migration::description);

    private FlywayEngine() {}

    /**
     * Loads what Flyway resolves in the folder.
     *
     * @param javaMigrations names of classes that are migrations too
     * @param anyDatabase a database to be connected to; nothing is written there
     * @throws IOException if the folder cannot be read
     * @throws MigrationsRefusedException if a file cannot be used, or Flyway refuses the scripts, as with a version that
     *     occurs twice; the message names the files
     */
    public static MigrationCatalog load(
            String database, Path folder, List<String> javaMigrations, DataSource anyDatabase) throws IOException {
        ScriptFiles files = ScriptFiles.of(folder);
        files.log(database);
        Map<String, String> unreadable = ParserCheck.of(files.scripts(), ANY_HOME);
        unreadable.forEach((script, reason) -> LOG.warn(
                "database {}: Flyway cannot read {}: {}; it will fail for every tenant: correct it",
                database,
                script,
                reason));
        Sources sources = new Sources(files.scripts(), Sources.load(javaMigrations));
        List<Migration> migrations = new ArrayList<>();
        for (MigrationInfo info : resolve(sources, anyDatabase)) {
            migrations.add(new Migration(
                    info.getVersion(),
                    AbbreviationUtils.abbreviateDescription(info.getDescription()),
                    info.getType().name(),
                    AbbreviationUtils.abbreviateScript(info.getScript()),
                    info.getChecksum()));
        }
        migrations.sort(IN_ORDER);
        return MigrationCatalog.of(database, sources, migrations, unreadable);
    }

    private static MigrationInfo[] resolve(Sources sources, DataSource anyDatabase) {
        try {
            return configure(sources, anyDatabase, NOWHERE)
                    .placeholders(ANY_HOME)
                    .load()
                    .info()
                    .all();
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
            configure(Sources.of(Scripts.of(textByName)), new OneConnection(connection), schema)
                    .load()
                    .migrate();
        } catch (FlywayException refusal) {
            throw new MigrationsRefusedException(refusal);
        }
    }

    /** For a tenant's home; the connection stays open. */
    public static FluentConfiguration configure(Sources sources, Connection connection, TenantHome home) {
        return configure(sources, new OneConnection(connection), home.schema()).placeholders(placeholders(home));
    }

    /** A shared database has no tenant: a script that asks for one fails. */
    private static Map<String, String> placeholders(TenantHome home) {
        @Nullable String tenant = home.tenant();
        return tenant == null ? Map.of("schema", home.schema()) : Map.of("tenant", tenant, "schema", home.schema());
    }

    /** The checksum of a script, without placeholders replaced. */
    public static int checksum(String text) {
        return ChecksumCalculator.calculate(Scripts.script("R__.sql", text));
    }

    /** The checksum of a repeatable script for this home; empty if only a running Flyway knows it. */
    static Optional<Integer> checksum(String text, TenantHome home) {
        Map<String, String> known = new HashMap<>(placeholders(home));
        known.put("flyway:defaultSchema", home.schema());
        try (Reader reader = new PlaceholderReplacingReader("${", "}", ":", known, new StringReader(text))) {
            StringBuilder replaced = new StringBuilder(text.length());
            for (int next = reader.read(); next != -1; next = reader.read()) {
                replaced.append((char) next);
            }
            return Optional.of(checksum(replaced.toString()));
        } catch (FlywayException | IOException unknown) {
            return Optional.empty();
        }
    }

    public static FluentConfiguration configure(Sources sources, DataSource dataSource, String schema) {
        FluentConfiguration configuration = Flyway.configure()
                .dataSource(dataSource)
                .schemas(schema)
                .table(HISTORY_TABLE)
                .createSchemas(false)
                .resourceProvider(sources.scripts())
                .javaMigrations(sources.java().toArray(JavaMigration[]::new))
                .javaMigrationClassProvider(List::of)
                .validateMigrationNaming(true)
                // It would write every row that a script returns to the log.
                .outputQueryResults(false);
        // With its transactional lock Flyway holds a second connection, in a transaction, for the whole migration;
        // that costs a connection, and makes CREATE INDEX CONCURRENTLY wait for it without an end.
        configuration
                .getPluginRegister()
                .getExact(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        return configuration;
    }
}

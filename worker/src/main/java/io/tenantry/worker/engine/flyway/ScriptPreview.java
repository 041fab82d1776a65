package io.tenantry.worker.engine.flyway;

import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.UnreadableScript;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.postgres.home.HomeSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.internal.database.DatabaseType;
import org.flywaydb.core.internal.database.base.Database;
import org.flywaydb.core.internal.jdbc.JdbcConnectionFactory;
import org.flywaydb.core.internal.parser.ParsingContext;
import org.flywaydb.core.internal.resource.ResourceNameParser;
import org.flywaydb.core.internal.sqlscript.SqlScript;
import org.flywaydb.core.internal.sqlscript.SqlScriptFactory;
import org.flywaydb.core.internal.sqlscript.SqlStatement;
import org.flywaydb.core.internal.sqlscript.SqlStatementIterator;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Flyway would do at one home, with Flyway's own parser, and sends none of it. The caller's session is
 * read-only. For use by one thread.
 */
public final class ScriptPreview {
    private final MigrationCatalog catalog;
    private final HomeSession session;

    public ScriptPreview(MigrationCatalog catalog, HomeSession session) {
        this.catalog = catalog;
        this.session = session;
    }

    /**
     * The scripts of these migrations, in their order.
     *
     * @throws FlywayException if Flyway cannot work with the home
     */
    public List<PendingScript> read(List<Migration> pending) {
        Configuration configuration = configuration();
        try (JdbcConnectionFactory connections =
                new JdbcConnectionFactory(configuration.getDataSource(), configuration, null)) {
            DatabaseType type = connections.getDatabaseType();
            try (Database<?> database = type.createDatabase(configuration, connections, null)) {
                ParsingContext context = new ParsingContext();
                context.populate(database, configuration);
                SqlScriptFactory scripts = type.createSqlScriptFactory(configuration, context);
                return pending.stream()
                        .map(migration -> read(migration, configuration, context, scripts))
                        .toList();
            }
        }
    }

    /**
     * Lets Flyway compare the history with the scripts; it says why it would not migrate.
     *
     * @return the scripts that it would run next, by their names
     * @throws FlywayException if it would refuse; see {@link FlywayFailure}
     */
    public List<String> judge(String target) {
        var flyway = configuration().target(target).load();
        flyway.validate();
        List<String> pending = new ArrayList<>();
        for (MigrationInfo migration : flyway.info().pending()) {
            pending.add(migration.getScript());
        }
        return pending;
    }

    private FluentConfiguration configuration() {
        return FlywayEngine.configure(catalog.sources(), session.connection(), session.home())
                .outOfOrder(catalog.isOutOfOrder())
                .ignoreMigrationPatterns("*:future", "repeatable:missing", "*:pending");
    }

    private PendingScript read(
            Migration migration, Configuration configuration, ParsingContext context, SqlScriptFactory scripts) {
        if (!migration.type().startsWith("SQL")) {
            return script(migration, List.of(), true, null);
        }
        LoadableResource resource = Objects.requireNonNull(catalog.scripts().getResource(migration.script()));
        try {
            context.updateFilenamePlaceholder(
                    new ResourceNameParser(configuration)
                            .parse(resource.getFilename(), configuration.getSqlMigrationSuffixes()),
                    configuration);
            return read(migration, scripts.createSqlScript(resource, configuration.isMixed(), catalog.scripts()));
        } catch (FlywayException refused) {
            return script(migration, List.of(), true, reason(refused));
        }
    }

    private static PendingScript read(Migration migration, SqlScript script) {
        List<String> statements = new ArrayList<>();
        try (SqlStatementIterator read = script.getSqlStatements()) {
            while (read.hasNext()) {
                SqlStatement statement = read.next();
                statements.add(statement.getSql());
            }
        }
        return script(migration, statements, script.executeInTransaction(), null);
    }

    private static PendingScript script(
            Migration migration, List<String> statements, boolean inTransaction, @Nullable String fault) {
        return new PendingScript(
                migration.script(),
                Optional.ofNullable(migration.version())
                        .map(version -> version.getVersion())
                        .orElse(null),
                migration.description(),
                statements,
                inTransaction,
                migration.type().startsWith("SQL"),
                fault);
    }

    private static String reason(FlywayException refused) {
        return UnreadableScript.of(refused)
                .map(UnreadableScript::reason)
                .orElseGet(() -> FailureKind.firstLines(refused.getMessage()));
    }
}

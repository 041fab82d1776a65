package io.tenantry.worker.engine.flyway;

import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.catalog.ParserCheck;
import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.engine.catalog.ScriptName;
import io.tenantry.worker.engine.catalog.Scripts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.internal.sqlscript.SqlScriptMetadata;
import org.flywaydb.core.internal.sqlscript.SqlStatement;
import org.flywaydb.core.internal.sqlscript.SqlStatementIterator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the scripts that Flyway runs outside a transaction with Flyway's parser alone. Used if a start cannot run
 * Flyway over a scratch home.
 */
public final class NonTransactionalScriptFinder {
    /** Replaces the name of a tenant in the scripts. */
    private static final String TENANT = "tenantry_no_such_tenant";

    /**
     * Without a database the parser assumes a PostgreSQL before 12, where this statement could not run in a
     * transaction.
     */
    private static final Pattern IN_TRANSACTION = Pattern.compile("^ALTER\\s+TYPE\\b", Pattern.CASE_INSENSITIVE);

    private NonTransactionalScriptFinder() {}

    /**
     * Reads all scripts; one that cannot be read is left out.
     *
     * @param server the name of the server in the configuration
     * @return the scripts by file name
     */
    public static Map<String, NonTransactionalScript> of(MigrationCatalog catalog, String server) {
        Configuration configuration =
                Flyway.configure().mixed(true).placeholders(Map.of("tenant", TENANT, "schema", FlywayEngine.NOWHERE));
        PlannedScript.Names names = new PlannedScript.Names(TENANT, FlywayEngine.NOWHERE, server);
        Map<String, NonTransactionalScript> outside = new HashMap<>();
        for (Migration migration : catalog.migrations()) {
            String script = migration.script();
            if (migration.type().startsWith("SQL") && !catalog.unreadable().contains(script)) {
                statements(catalog.scripts(), script, configuration)
                        .ifPresent(statements ->
                                outside.put(script, new NonTransactionalScript(script, statements, names)));
            }
        }
        return outside;
    }

    /** The script; empty if it runs in a transaction. */
    private static Optional<List<String>> statements(Scripts scripts, String name, Configuration configuration) {
        LoadableResource resource = scripts.getResource(name);
        if (resource == null) {
            return Optional.empty();
        }
        @Nullable LoadableResource ofScript = scripts.getResource(name + ScriptName.CONFIGURATION_SUFFIX);
        List<String> statements = new ArrayList<>();
        boolean inTransaction = true;
        try (SqlStatementIterator read =
                ParserCheck.parsed(configuration, resource, ofScript).getSqlStatements()) {
            while (read.hasNext()) {
                SqlStatement statement = read.next();
                statements.add(statement.getSql());
                inTransaction &= statement.canExecuteInTransaction()
                        || IN_TRANSACTION
                                .matcher(ScriptCheck.withoutComments(statement.getSql()))
                                .find();
            }
            return isInTransaction(ofScript, configuration).orElse(inTransaction)
                    ? Optional.empty()
                    : Optional.of(statements);
        } catch (FlywayException unreadable) {
            return Optional.empty();
        }
    }

    /** The setting in the configuration file of a script; empty if the setting or the file is missing. */
    private static Optional<Boolean> isInTransaction(@Nullable LoadableResource ofScript, Configuration configuration) {
        return Optional.ofNullable(ofScript)
                .map(resource -> SqlScriptMetadata.fromResource(resource, null, configuration))
                .map(SqlScriptMetadata::executeInTransaction);
    }
}

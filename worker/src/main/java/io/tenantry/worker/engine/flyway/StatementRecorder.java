package io.tenantry.worker.engine.flyway;

import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.Sources;
import io.tenantry.worker.postgres.home.TenantHome;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.ErrorDetails;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.exception.FlywayBlockStatementExecutionException;
import org.flywaydb.core.internal.info.MigrationInfoImpl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records the statements that Flyway finds in each script: Flyway runs, and every statement is skipped. */
public final class StatementRecorder implements Callback {
    private static final Logger LOG = LoggerFactory.getLogger(StatementRecorder.class);

    private final Map<String, List<String>> statements = new LinkedHashMap<>();
    private final Set<String> outsideTransaction = new HashSet<>();
    private String failed = "";

    private StatementRecorder() {}

    /**
     * Runs Flyway over a new home, in one transaction that is rolled back.
     *
     * @param connection in a transaction that has created the home's schema; the transaction stays open
     */
    public static StatementRecorder of(Sources sources, Connection connection, TenantHome home) {
        StatementRecorder recording = new StatementRecorder();
        try {
            // A migration in Java cannot be skipped.
            FlywayEngine.configure(sources.withoutJava(), withoutCommit(connection), home)
                    .callbacks(recording)
                    .load()
                    .migrate();
        } catch (FlywayException failure) {
            LOG.debug("recording ended", failure);
            recording.failed = FlywayFailure.script(failure);
            recording.statements.remove(recording.failed);
        }
        return recording;
    }

    /** The script at which Flyway failed; empty if there is none. */
    public String failed() {
        return failed;
    }

    /** Adds the statements of another recorder, of other scripts. */
    public void add(StatementRecorder other) {
        other.statements.forEach(statements::putIfAbsent);
        outsideTransaction.addAll(other.outsideTransaction);
    }

    /** The statements by file name, without scripts that Flyway did not reach. */
    public Map<String, List<String>> statements() {
        return statements;
    }

    /** Whether Flyway runs the script outside a transaction. */
    public boolean isOutsideTransaction(String script) {
        return outsideTransaction.contains(script);
    }

    @Override
    public boolean supports(Event event, @Nullable Context context) {
        return event == Event.BEFORE_EACH_MIGRATE || event == Event.BEFORE_EACH_MIGRATE_STATEMENT;
    }

    @Override
    public boolean canHandleInTransaction(Event event, @Nullable Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        String script = context.getMigrationInfo().getScript();
        List<String> ofScript = statements.computeIfAbsent(script, name -> new ArrayList<>());
        if (event == Event.BEFORE_EACH_MIGRATE) {
            if (context.getMigrationInfo() instanceof MigrationInfoImpl info && !info.canExecuteInTransaction()) {
                outsideTransaction.add(script);
            }
            return;
        }
        ofScript.add(context.getStatement().getSql());
        throw new FlywayBlockStatementExecutionException(
                new ErrorDetails(CoreErrorCode.ERROR, "skipped"), "the statement is only recorded");
    }

    @Override
    public String getCallbackName() {
        return "statement-recorder";
    }

    private static Connection withoutCommit(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                StatementRecorder.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "commit", "rollback", "setAutoCommit", "close" -> {
                            return null;
                        }
                        case "getAutoCommit" -> {
                            return true;
                        }
                        default -> {
                            return invoke(connection, method, arguments);
                        }
                    }
                });
    }

    private static @Nullable Object invoke(
            Connection connection, java.lang.reflect.Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() instanceof SQLException failure ? failure : thrown;
        }
    }
}

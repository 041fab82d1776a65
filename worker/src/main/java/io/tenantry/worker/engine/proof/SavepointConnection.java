package io.tenantry.worker.engine.proof;

import io.tenantry.worker.postgres.Sql;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection inside an open transaction. Its user's commits and rollbacks become operations on a savepoint. For use by one
 * thread.
 */
final class SavepointConnection implements InvocationHandler {
    private static final String SAVEPOINT = "tenantry_held";

    private final Connection connection;
    private boolean begun;

    private SavepointConnection(Connection connection) {
        this.connection = connection;
    }

    /** @param connection in a transaction, which stays open */
    static Connection of(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                SavepointConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new SavepointConnection(connection));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        if (name.equals("getAutoCommit")) {
            return !begun;
        }
        if (name.equals("setAutoCommit")) {
            setAutoCommit(arguments != null && Boolean.TRUE.equals(arguments[0]));
        } else if (name.equals("commit")) {
            execute("RELEASE SAVEPOINT " + SAVEPOINT + "; SAVEPOINT " + SAVEPOINT);
        } else if (name.equals("rollback")) {
            execute("ROLLBACK TO SAVEPOINT " + SAVEPOINT);
        } else if (!name.equals("close")) {
            return pass(method, arguments);
        }
        return null;
    }

    private @Nullable Object pass(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() instanceof SQLException failure ? failure : thrown;
        }
    }

    private void setAutoCommit(boolean autoCommit) throws SQLException {
        if (autoCommit == begun) {
            begun = !autoCommit;
            execute((begun ? "SAVEPOINT " : "RELEASE SAVEPOINT ") + SAVEPOINT);
        }
    }

    private void execute(String sql) throws SQLException {
        Sql.execute(connection, sql);
    }
}

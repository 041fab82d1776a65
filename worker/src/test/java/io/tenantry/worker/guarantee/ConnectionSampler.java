package io.tenantry.worker.guarantee;

import io.tenantry.worker.scenario.Deployment;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks every 50 ms at how many sessions the workers of a deployment have at their server, in all its databases. */
final class ConnectionSampler implements AutoCloseable {
    private static final int INTERVAL_MILLIS = 50;

    private final Connection connection;
    private final PreparedStatement query;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final List<String> worst = new ArrayList<>();
    private int samples;
    private int most;
    private int mostSinceForgotten;
    private @Nullable SQLException failure;

    private ConnectionSampler(Connection connection, String role) throws SQLException {
        this.connection = connection;
        this.query =
                connection.prepareStatement("SELECT application_name || ' in ' || datname || ' ' || state || ' ' ||"
                        + " backend_start FROM pg_stat_activity WHERE usename = ?");
        query.setString(1, role);
        ScheduledFuture<?> unused = thread.scheduleAtFixedRate(this::sample, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Gives the workers of the deployment a role of their own, by which they are known. */
    static ConnectionSampler of(Deployment deployment) throws SQLException {
        String role = deployment.withOwnRole().workerRole();
        return new ConnectionSampler(deployment.stack().postgres().connect("postgres"), role);
    }

    private synchronized void sample() {
        List<String> sessions = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                sessions.add(String.valueOf(rows.getString(1)));
            }
        } catch (SQLException broken) {
            failure = broken;
            return;
        }
        samples++;
        mostSinceForgotten = Math.max(mostSinceForgotten, sessions.size());
        if (sessions.size() > most) {
            most = sessions.size();
            worst.clear();
            worst.addAll(sessions);
        }
    }

    /** The most sessions that were seen at once. */
    synchronized int most() {
        check();
        return most;
    }

    /** The same since {@link #forget}. */
    synchronized int mostSinceForgotten() {
        check();
        return mostSinceForgotten;
    }

    synchronized void forget() {
        mostSinceForgotten = 0;
    }

    synchronized int samples() {
        check();
        return samples;
    }

    private void check() {
        if (failure != null) {
            throw new IllegalStateException("sessions could not be counted", failure);
        }
    }

    @Override
    public synchronized String toString() {
        return "at the worst of " + samples + " moments: " + String.join("; ", worst);
    }

    @Override
    public void close() throws SQLException {
        thread.shutdownNow();
        synchronized (this) {
            connection.close();
        }
    }
}

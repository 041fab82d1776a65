package io.tenantry.worker.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tenantry.worker.stack.PostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.flywaydb.core.Flyway;

/** What people write: a thread pool, and Flyway as it comes for one tenant after the other. */
final class FlywayLoop implements Contestant {
    private final HikariDataSource pool;
    private final Path folder;
    private final int threads;

    /** @param folder for the migrations; deleted by its maker */
    FlywayLoop(PostgresServer server, String database, int threads, Path folder) throws SQLException {
        server.createDatabase(database);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.jdbcUrl(database));
        config.setUsername(server.user());
        config.setPassword(server.password());
        // Flyway's lock takes a second connection.
        config.setMaximumPoolSize(2 * threads);
        this.pool = new HikariDataSource(config);
        this.folder = folder;
        this.threads = threads;
        Scripts.install("release1", folder);
    }

    @Override
    public String name() {
        return "flyway loop";
    }

    @Override
    public void deploy() {
        Scripts.install("release2", folder);
    }

    @Override
    public boolean does(Workload workload) {
        return true;
    }

    @Override
    public Duration run(Workload workload, List<String> tenants) {
        return Threads.run(
                threads,
                tenants,
                (thread, tenant) -> Flyway.configure()
                        .dataSource(pool)
                        .schemas("tenant_" + tenant)
                        .locations("filesystem:" + folder)
                        .load()
                        .migrate());
    }

    @Override
    public void close() {
        pool.close();
    }
}

package io.tenantry.worker.engine.template;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.postgres.Databases;
import io.tenantry.worker.postgres.Sha256;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.TemporaryName;
import io.tenantry.worker.postgres.connection.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database on a server, made by Flyway, that is copied for new tenants. Its name depends on its content and it never
 * changes, so releases that run side by side have one each. It gets its name when it is complete. If two workers make
 * the same template at the same time, the second drops its own. For use by one thread at a time.
 */
public final class TemplateDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateDatabase.class);
    /**
     * The version of how templates are made and named: a release that changes this does not use templates of earlier
     * ones.
     */
    private static final String FORMAT = "1";

    private static final int FINGERPRINT_BYTES = 12;
    /** How often it is tried: a script that ends its own session looks like a server that is away. */
    private static final int TRIES = 3;

    private final Server server;
    private final MigrationCatalog catalog;
    private final String name;
    private boolean unfit;
    private int sessionsEnded;

    /**
     * Creates nothing yet.
     *
     * @param owner the installation: two installations on one PostgreSQL server do not share a template
     */
    public TemplateDatabase(Server server, MigrationCatalog catalog, String owner) {
        this.server = server;
        this.catalog = catalog;
        this.name = "tenantry_template_" + fingerprint(catalog, owner);
    }

    private static String fingerprint(MigrationCatalog catalog, String owner) {
        return new Sha256()
                .add(FORMAT + '\0' + owner + '\0' + catalog.fingerprint())
                .hex(FINGERPRINT_BYTES);
    }

    /** Its name on the server, whether it exists or not. */
    public String name() {
        return name;
    }

    /** The server that it is on. */
    public Server server() {
        return server;
    }

    /**
     * Creates it unless it exists; uses one connection at a time.
     *
     * @throws MigrationsRefusedException if the migrations cannot be applied to an empty database
     */
    public void make() throws SQLException {
        if (unfit) {
            return;
        }
        Optional<TemplateDraft> begun = TemplateDraft.begin(server, name);
        if (begun.isEmpty()) {
            return;
        }
        try (TemplateDraft draft = begun.get()) {
            Optional<SeedRows> rows = draft.migrate(catalog);
            Optional<String> reason = whyNot(draft, rows.orElse(null));
            unfit = reason.isPresent();
            if (unfit) {
                LOG.warn(
                        "database {}: {}; each new tenant's database is migrated from the beginning, which takes longer",
                        catalog.database(),
                        reason.get());
            } else if (draft.finish()) {
                // Otherwise another worker was faster, and has created the same one.
                LOG.info("database {}: made template {} on server {}", catalog.database(), name, server.name());
            }
        } catch (MigrationsRefusedException | Error failure) {
            // A script fails, or a migration in Java throws an error. The same happens to every new tenant, and the
            // tenant's result has the reason.
            unfit = true;
            throw failure;
        } catch (SQLException failure) {
            sessionsEnded += failure.getCause() instanceof FlywayException ? 1 : 0;
            unfit = sessionsEnded >= TRIES || SqlFailure.of(failure) == SqlFailure.PERMANENT;
            throw failure;
        }
    }

    /** Why a copy would differ from a database that is migrated from the beginning; empty if it would not. */
    private Optional<String> whyNot(TemplateDraft draft, @Nullable SeedRows rows) throws SQLException {
        if (!draft.isCopiedWhole()) {
            return Optional.of(
                    "its migrations set privileges, settings or a comment of the database itself, which a copy"
                            + " would not have");
        }
        if (rows == null) {
            return Optional.of(
                    "this role may not see the rows that its migrations leave, which must not be the same in all"
                            + " tenants if they are made at random");
        }
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        Optional<TemplateDraft> begun = TemplateDraft.begin(server, name);
        if (begun.isEmpty()) {
            // Another worker has created the template since, and has checked it.
            return Optional.empty();
        }
        try (TemplateDraft again = begun.get()) {
            SortedSet<String> differing =
                    again.migrate(catalog).map(rows::differing).orElseGet(TreeSet::new);
            return differing.isEmpty()
                    ? Optional.empty()
                    : Optional.of("its migrations fill " + String.join(", ", differing)
                            + " with other values each time, which must not be the same in all tenants");
        }
    }

    /** Drops unfinished drafts of this template that killed workers left, if they are old. */
    public static void dropUnfinished(Server server, String name, Duration age) throws SQLException {
        try (Connection connection = server.connection()) {
            Databases databases = new Databases(connection);
            Instant before = Instant.now().minus(age);
            for (Databases.Found left : databases.startingWith(TemporaryName.prefix(name))) {
                if (TemporaryName.isOlder(name, left.name(), before)) {
                    databases.drop(left.name());
                    LOG.info(
                            "dropped {} on server {}: a worker died before it had finished this template",
                            left.name(),
                            server.name());
                }
            }
        }
    }

    /** Drops a template that no worker uses. Does nothing if it does not exist. */
    public static void drop(Server server, String name) throws SQLException {
        try (Connection connection = server.connection()) {
            Databases databases = new Databases(connection);
            boolean state = databases.find(name).isPresent();
            databases.drop(name);
            if (state) {
                LOG.info("dropped template {} on server {}: no worker uses it", name, server.name());
            }
        }
    }
}

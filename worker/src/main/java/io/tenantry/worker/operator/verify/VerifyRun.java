package io.tenantry.worker.operator.verify;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.proof.Finding;
import io.tenantry.worker.engine.proof.Rehearsal;
import io.tenantry.worker.engine.proof.RehearsalTerms;
import io.tenantry.worker.engine.proof.Released;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Verifies named databases one after the other. Leaves nothing on their servers. For one thread. */
public final class VerifyRun {
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private final Access access;
    private final VerifyTerms terms;
    private final Consumer<String> note;

    /** @param note told what is no finding; may be called by another thread */
    public VerifyRun(Access access, VerifyTerms terms, Consumer<String> note) {
        this.access = access;
        this.terms = terms;
        this.note = note;
    }

    /**
     * Verifies these databases.
     *
     * @param verified told after each one
     * @throws UnusableOptionException if --against or --seed cannot be used
     * @throws OperationFailedException if no connection is leased, or a signal has come; what was told until then is true.
     *     A server or folder that cannot be used is a finding of its databases
     */
    public void run(List<DatabaseSettings> databases, Consumer<DatabaseReport> verified)
            throws OperationFailedException, UnusableOptionException {
        Set<String> names = new LinkedHashSet<>();
        databases.forEach(database -> names.add(database.firstServer()));
        try (VerifyServers servers = VerifyServers.open(access, names, note)) {
            for (DatabaseSettings database : databases) {
                if (access.interruption().isRequested()) {
                    throw access.interruption()
                            .failure("interrupted before database " + database.name()
                                    + " was verified; nothing was left on the servers");
                }
                verified.accept(verify(database, servers.server(database.firstServer()), databases.size() == 1));
            }
        }
    }

    private DatabaseReport verify(DatabaseSettings database, Server server, boolean isOnly)
            throws UnusableOptionException {
        try {
            MigrationCatalog catalog = load(database, database.migrations(), database.javaMigrations(), server);
            return verify(database, server, catalog.outOfOrder(database.outOfOrder()), isOnly);
        } catch (MigrationsRefusedException refusal) {
            return notTried(
                    database,
                    server,
                    "unusable",
                    "no worker starts with these migrations: " + FailureMessage.of(refusal));
        } catch (OperationFailedException failure) {
            return notTried(database, server, "not-tried", String.valueOf(failure.getMessage()));
        }
    }

    private static DatabaseReport notTried(DatabaseSettings database, Server server, String check, String sentence) {
        Finding error = new Finding(Finding.Severity.ERROR, check, null, null, sentence);
        return new DatabaseReport(database.name(), server.name(), "", List.of(), 0, List.of(error));
    }

    private DatabaseReport verify(DatabaseSettings database, Server server, MigrationCatalog catalog, boolean isOnly)
            throws OperationFailedException, UnusableOptionException {
        Map<String, String> seeds = seeds(catalog);
        Optional<Released> released = released(database, server, catalog, isOnly);
        List<Finding> findings =
                new ArrayList<>(released.map(Released::findings).orElse(List.of()));
        if (catalog.migrations().isEmpty()) {
            findings.add(new Finding(
                    Finding.Severity.WARNING,
                    "not-tried",
                    null,
                    null,
                    "folder " + database.migrations() + " has no migration: check databases." + database.name()
                            + ".migrations"));
            return new DatabaseReport(database.name(), server.name(), "", List.of(), 0, findings);
        }
        RehearsalTerms rehearsal = new RehearsalTerms(
                database.allow(), released.map(Released::scripts).orElse(null), seeds, LONGEST);
        try {
            Rehearsal.Result result = switch (database.isolation()) {
                case SCHEMA -> Rehearsal.of(catalog, server, rehearsal);
                case DATABASE -> Rehearsal.inDatabase(catalog, server, rehearsal, null);
                case SHARED -> Rehearsal.inDatabase(catalog, server, rehearsal, database.location());
            };
            findings.addAll(result.findings());
            return new DatabaseReport(
                    database.name(),
                    server.name(),
                    result.postgres(),
                    catalog.migrations().stream().map(Migration::script).toList(),
                    result.versions(),
                    findings);
        } catch (SQLException failure) {
            throw new OperationFailedException(
                    "the migrations of database " + database.name() + " cannot be tried on server " + server.name()
                            + ": " + FailureMessage.of(failure) + "; check servers." + server.name(),
                    failure);
        }
    }

    /** @throws MigrationsRefusedException if the scripts are at fault */
    private static MigrationCatalog load(
            DatabaseSettings database, Path folder, List<String> javaMigrations, Server server)
            throws OperationFailedException {
        try {
            return FlywayEngine.load(database.name(), folder, javaMigrations, server.dataSource());
        } catch (IOException | MigrationsRefusedException failure) {
            if (failure instanceof MigrationsRefusedException refusal && SqlFailure.sqlCause(refusal) == null) {
                throw refusal;
            }
            throw new OperationFailedException(
                    "the migrations of database " + database.name() + " in " + folder + " cannot be used: "
                            + FailureMessage.of(failure),
                    failure);
        }
    }

    private Map<String, String> seeds(MigrationCatalog catalog) throws UnusableOptionException {
        Map<String, String> seeds = new HashMap<>();
        for (Map.Entry<String, Path> seed : terms.seeds().entrySet()) {
            if (!catalog.has(seed.getKey())) {
                throw new UnusableOptionException("--seed names version " + seed.getKey() + ", which database "
                        + catalog.database() + " does not have");
            }
            try {
                seeds.put(seed.getKey(), Files.readString(seed.getValue()));
            } catch (IOException unreadable) {
                throw new UnusableOptionException(
                        "--seed: " + seed.getValue() + " cannot be read ("
                                + unreadable.getClass().getSimpleName() + ")",
                        unreadable);
            }
        }
        return seeds;
    }

    private Optional<Released> released(
            DatabaseSettings database, Server server, MigrationCatalog catalog, boolean isOnly)
            throws OperationFailedException, UnusableOptionException {
        String against = terms.against();
        if (against == null) {
            return Optional.empty();
        }
        Path folder = Path.of(against);
        if (Files.isDirectory(folder)) {
            Path ofDatabase = folder.resolve(database.name());
            if (!Files.isDirectory(ofDatabase) && !isOnly) {
                throw new UnusableOptionException("--against is folder " + against + ", which has no folder "
                        + database.name() + ": give it such a folder for each database, or choose one with --database");
            }
            return Optional.of(
                    released(database, server, catalog, Files.isDirectory(ofDatabase) ? ofDatabase : folder));
        }
        try (GitFolder git = GitFolder.of(database.migrations(), against)) {
            Released released = released(database, server, catalog, git.path());
            return Optional.of(git.isMissing() ? released.withoutFolder(against, git.formerFolder(catalog)) : released);
        } catch (IOException failure) {
            throw new OperationFailedException(
                    "the files of revision " + against + " cannot be written: " + FailureMessage.of(failure), failure);
        }
    }

    private static Released released(DatabaseSettings database, Server server, MigrationCatalog catalog, Path folder)
            throws OperationFailedException {
        try {
            return new Released(catalog, load(database, folder, List.of(), server));
        } catch (MigrationsRefusedException refusal) {
            throw new OperationFailedException(
                    "the released migrations of database " + database.name() + " (--against) cannot be read: "
                            + FailureMessage.of(refusal),
                    refusal);
        }
    }
}

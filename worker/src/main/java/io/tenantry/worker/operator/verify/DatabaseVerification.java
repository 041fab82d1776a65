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
import io.tenantry.worker.engine.proof.TrialStop;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.home.ServerReach;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies the migrations of one named database on one server, of which nothing stays. For one thread.
 *
 * @param against the migrations that are released; empty if that is not known
 * @param stop ends it before its time
 */
record DatabaseVerification(
        DatabaseSettings database, Optional<AgainstOption> against, SeedFiles seeds, TrialStop stop) {
    /** As verify.md says. */
    private static final Duration LONGEST = Duration.ofMinutes(30);

    /**
     * Verifies them.
     *
     * @throws UnusableOptionException if --against or --seed cannot be used
     */
    DatabaseReport on(Server server) throws UnusableOptionException {
        try {
            ServerReach.require(server);
            MigrationCatalog catalog = load(database.migrations(), database.javaMigrations(), server);
            return verify(server, catalog.outOfOrder(database.outOfOrder()));
        } catch (MigrationsRefusedException refusal) {
            return notTried(
                    server, "unusable", "no worker starts with these migrations: " + FailureMessage.of(refusal));
        } catch (OperationFailedException failure) {
            return notTried(server, "not-tried", String.valueOf(failure.getMessage()));
        }
    }

    private DatabaseReport notTried(Server server, String check, String sentence) {
        Finding error = new Finding(Finding.Severity.ERROR, check, null, null, sentence);
        return new DatabaseReport(database.name(), server.name(), List.of(), "", List.of(), 0, List.of(error));
    }

    private DatabaseReport verify(Server server, MigrationCatalog catalog)
            throws OperationFailedException, UnusableOptionException {
        seeds.requireVersionsOf(catalog);
        Optional<Released> released = released(server, catalog);
        List<Finding> findings =
                new ArrayList<>(released.map(Released::findings).orElse(List.of()));
        catalog.faults(database.migrations(), database.allow())
                .forEach(fault -> findings.add(new Finding(
                        Finding.Severity.ERROR,
                        "unusable",
                        null,
                        null,
                        "no worker starts with this: databases." + database.name() + "." + fault)));
        if (catalog.migrations().isEmpty()) {
            return new DatabaseReport(database.name(), server.name(), List.of(), "", List.of(), 0, findings);
        }
        RehearsalTerms rehearsal = new RehearsalTerms(
                database.allow(),
                released.map(one -> unchanged(one, catalog)).orElse(null),
                released.filter(Released::isIntact).map(Released::released).orElse(null),
                seeds.sql(),
                LONGEST);
        try {
            Rehearsal.Result result = switch (database.isolation()) {
                case SCHEMA -> Rehearsal.of(catalog, server, rehearsal, stop);
                case DATABASE -> Rehearsal.inDatabase(catalog, server, rehearsal, stop, null);
                case SHARED -> Rehearsal.inDatabase(catalog, server, rehearsal, stop, database.location());
            };
            findings.addAll(result.findings());
            return new DatabaseReport(
                    database.name(),
                    server.name(),
                    List.of(),
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

    /** Without the repeatable scripts if those that they need are not there as they were. */
    private static Set<String> unchanged(Released released, MigrationCatalog catalog) {
        Set<String> scripts = new HashSet<>(released.scripts());
        if (!released.isIntact()) {
            catalog.migrations().stream()
                    .filter(migration -> migration.version() == null)
                    .forEach(migration -> scripts.remove(migration.script()));
        }
        return scripts;
    }

    /** @throws MigrationsRefusedException if the scripts are at fault */
    private MigrationCatalog load(Path folder, List<String> javaMigrations, Server server)
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

    private Optional<Released> released(Server server, MigrationCatalog catalog)
            throws OperationFailedException, UnusableOptionException {
        if (against.isEmpty()) {
            return Optional.empty();
        }
        AgainstOption option = against.get();
        if (option.isFolder()) {
            Path folder = option.folderOf(database);
            Released released = released(server, catalog, folder);
            return Optional.of(
                    released.released().migrations().isEmpty()
                            ? released.withNothing(
                                    "folder " + folder
                                            + " has no migration; a revision of git with the name of a folder needs a"
                                            + " longer one, as origin/main",
                                    Optional.empty())
                            : released);
        }
        try (GitFolder git = GitFolder.of(database.migrations(), option.text())) {
            Released released = released(server, catalog, git.path());
            if (!released.released().migrations().isEmpty()) {
                return Optional.of(released);
            }
            return Optional.of(released.withNothing(
                    "revision " + option.text()
                            + (git.isMissing()
                                    ? " does not have the folder of these migrations"
                                    : " has no migration in the folder of these"),
                    git.formerFolder(catalog)));
        } catch (IOException failure) {
            throw option.unwritable(failure);
        }
    }

    private Released released(Server server, MigrationCatalog catalog, Path folder) throws OperationFailedException {
        try {
            return new Released(catalog, load(folder, List.of(), server));
        } catch (MigrationsRefusedException refusal) {
            throw new OperationFailedException(
                    "the released migrations of database " + database.name() + " (--against) cannot be read: "
                            + FailureMessage.of(refusal),
                    refusal);
        }
    }
}

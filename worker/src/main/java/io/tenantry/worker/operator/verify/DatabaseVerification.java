package io.tenantry.worker.operator.verify;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.engine.catalog.SqlStatements;
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
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies the migrations of one named database on one server, of which nothing stays. For one thread.
 *
 * @param isOnly whether no other database is verified
 * @param stop ends it before its time
 */
record DatabaseVerification(DatabaseSettings database, VerifyTerms terms, boolean isOnly, TrialStop stop) {
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
        Map<String, String> seeds = seeds(catalog);
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
                seeds,
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

    private Map<String, String> seeds(MigrationCatalog catalog) throws UnusableOptionException {
        Map<String, String> seeds = new HashMap<>();
        for (Map.Entry<String, Path> seed : terms.seeds().entrySet()) {
            if (!catalog.has(seed.getKey())) {
                throw new UnusableOptionException("--seed names version " + seed.getKey() + ", which database "
                        + catalog.database() + " does not have");
            }
            try {
                seeds.put(seed.getKey(), rowsAlone(seed.getValue(), text(seed.getValue())));
            } catch (IOException unreadable) {
                throw new UnusableOptionException(
                        "--seed: " + seed.getValue() + " cannot be read: " + reason(seed.getValue(), unreadable),
                        unreadable);
            }
        }
        return seeds;
    }

    /** Without the mark that some editors put before UTF-8. */
    private static String text(Path file) throws IOException {
        String text = Files.readString(file);
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    private static String reason(Path file, IOException unreadable) {
        if (unreadable instanceof CharacterCodingException) {
            return "it is not UTF-8";
        }
        if (!Files.exists(file)) {
            return "there is no such file";
        }
        return Files.isDirectory(file) ? "it is a folder" : FailureMessage.of(unreadable);
    }

    private static String rowsAlone(Path file, String sql) throws UnusableOptionException {
        for (String statement : SqlStatements.of(sql)) {
            if (ScriptCheck.endsTransaction(statement)) {
                throw new UnusableOptionException(
                        "--seed: " + file
                                + " ends its transaction, which is rolled back where the rows are tried: leave out BEGIN and COMMIT");
            }
            if (ScriptCheck.isCopyFromClient(ScriptCheck.withoutComments(statement))) {
                throw new UnusableOptionException("--seed: " + file
                        + " has COPY … FROM STDIN, which only psql can send: write the rows as INSERTs, as"
                        + " `pg_dump --data-only --inserts` does");
            }
        }
        return sql;
    }

    private Optional<Released> released(Server server, MigrationCatalog catalog)
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
            Path chosen = Files.isDirectory(ofDatabase) ? ofDatabase : folder;
            Released released = released(server, catalog, chosen);
            return Optional.of(
                    released.released().migrations().isEmpty()
                            ? released.withNothing(
                                    "folder " + chosen
                                            + " has no migration; a revision of git with the name of a folder needs a"
                                            + " longer one, as origin/main",
                                    Optional.empty())
                            : released);
        }
        try (GitFolder git = GitFolder.of(database.migrations(), against)) {
            Released released = released(server, catalog, git.path());
            if (!released.released().migrations().isEmpty()) {
                return Optional.of(released);
            }
            return Optional.of(released.withNothing(
                    "revision " + against
                            + (git.isMissing()
                                    ? " does not have the folder of these migrations"
                                    : " has no migration in the folder of these"),
                    git.formerFolder(catalog)));
        } catch (IOException failure) {
            throw new OperationFailedException(
                    "the files of revision " + against + " cannot be written: " + FailureMessage.of(failure), failure);
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

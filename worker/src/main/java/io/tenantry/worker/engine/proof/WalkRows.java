package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.hazard.Moment;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/** The rows of a home on its way: those of seeds, which stay, and made-up ones, which do not. For one walk, by one thread. */
final class WalkRows {
    private static final String SEARCH_PATH = "SELECT set_config('search_path', %s, true)";

    private final PathTrial trial;
    private final RehearsalTerms terms;
    private final RehearsalFindings findings;
    private final ReferencedKeys keys;
    /** The version of the last seed that is not inserted; empty if all are. */
    private final Optional<MigrationVersion> lastLeftOut;

    private String seed = "";

    /** @param failedOnRows scripts that failed after a seed: it and those before it are left out */
    WalkRows(
            PathTrial trial,
            RehearsalTerms terms,
            RehearsalFindings findings,
            List<PathEnd.FailedOnRows> failedOnRows) {
        this.lastLeftOut = failedOnRows.stream()
                .map(PathEnd.FailedOnRows::seed)
                .map(MigrationVersion::fromVersion)
                .max(Comparator.naturalOrder());
        this.trial = trial;
        this.terms = terms;
        this.findings = findings;
        this.keys = new ReferencedKeys(trial.scratch().session());
    }

    /** Whether rows of a seed are there. */
    boolean areThere() {
        return !seed.isEmpty();
    }

    /** The version of the last seed; empty if none was inserted. */
    String seed() {
        return seed;
    }

    /** Inserts the seed of a version that the home has reached. */
    void reached(Migration migration) throws SQLException {
        Optional<String> sql = isLeftOut(migration) ? Optional.empty() : seedOf(migration);
        if (sql.isPresent()) {
            insert(migration, sql.get());
        }
    }

    private boolean isLeftOut(Migration migration) {
        @Nullable MigrationVersion version = migration.version();
        return version != null && lastLeftOut.isPresent() && version.compareTo(lastLeftOut.get()) <= 0;
    }

    private Optional<String> seedOf(Migration migration) {
        return terms.seeds().entrySet().stream()
                .filter(one -> MigrationVersion.fromVersion(one.getKey()).equals(migration.version()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private void insert(Migration migration, String sql) throws SQLException {
        ScratchSession session = trial.scratch().session();
        boolean held = trial.scratch().isHeld();
        Tried tried = tried(migration, sql);
        if (tried.changesObjects()) {
            findings.add(Finding.error(
                    "seed",
                    migration.script(),
                    null,
                    "the seed of version " + migration.name()
                            + " makes, changes or drops tables or other objects of the home:"
                            + " leave only rows in it; the scripts after it were tried without its rows"));
            return;
        }
        Set<String> outside = tried.outside();
        if (!outside.isEmpty()) {
            findings.add(Finding.error(
                    "seed",
                    migration.script(),
                    null,
                    "the seed of version " + migration.name() + " makes or changes " + String.join(", ", outside)
                            + ", which would stay on the server: leave only rows of the tenant in it; the scripts after it"
                            + " were tried without its rows"));
            return;
        }
        if (held) {
            session.execute("SAVEPOINT seed");
        } else {
            session.connection().setAutoCommit(false);
        }
        try (ReceiveLimit limit = session.limit();
                Statement statement = session.connection().createStatement()) {
            statement.setEscapeProcessing(false);
            execute(statement, sql);
            if (!held) {
                session.connection().commit();
            }
            seed = migration.name();
        } catch (SQLException failure) {
            if (held) {
                session.execute("ROLLBACK TO SAVEPOINT seed");
            } else {
                session.connection().rollback();
            }
            findings.add(Finding.error(
                    "seed",
                    migration.script(),
                    null,
                    "the seed of version " + migration.name() + " cannot be inserted: "
                            + FailureKind.firstLines(failure.getMessage()) + " (" + failure.getSQLState()
                            + "); the scripts after it were tried without its rows"));
        } finally {
            if (!held) {
                session.connection().setAutoCommit(true);
            }
            session.renew();
        }
    }

    private void execute(Statement statement, String sql) throws SQLException {
        statement.execute(trial.scratch().session().searchPathSql());
        statement.execute(sql.replace("${tenant}", trial.scratch().names().tenant())
                .replace("${schema}", trial.scratch().names().schema()));
    }

    /**
     * What a seed does besides rows of the home.
     *
     * @param changesObjects whether it changes what the home is made of
     * @param outside what it makes or changes outside the home
     */
    private record Tried(boolean changesObjects, Set<String> outside) {}

    /** Nothing of it stays. If the seed fails, nothing is known. */
    private Tried tried(Migration migration, String sql) throws SQLException {
        Scratch scratch = trial.scratch();
        String sequences = scratch.sequencesSql();
        boolean held = scratch.isHeld();
        ForeignChanges changes;
        boolean changesObjects;
        scratch.begin();
        ReceiveLimit limit = scratch.session().limit();
        try (limit;
                Statement statement = scratch.session().connection().createStatement()) {
            statement.setEscapeProcessing(false);
            Moment before = moment();
            execute(statement, sql);
            changesObjects = !moment().hasSameObjects(before);
            changes = ForeignChanges.of(scratch);
        } catch (SQLException failure) {
            if (limit.isStopped()) {
                throw scratch.session().broken("the seed of version " + migration.name(), limit, failure);
            }
            return new Tried(false, Set.of());
        } finally {
            if (!scratch.session().isBroken()) {
                scratch.undo();
                scratch.session().execute(sequences);
            }
        }
        if (held || changesObjects) {
            // Scripts before it have changed something outside too.
            return new Tried(changesObjects, Set.of());
        }
        Set<ForeignChanges.Item> items = changes.resolve(scratch, Set.of());
        return new Tried(
                false,
                (scratch.hasOwnDatabase() ? ForeignChanges.outsideDatabase(items) : items)
                        .stream().map(ForeignChanges.Item::name).collect(Collectors.toCollection(TreeSet::new)));
    }

    /** Under a search path that a seed cannot change, since names are written as the path says. */
    private Moment moment() throws SQLException {
        ScratchSession session = trial.scratch().session();
        try (ReceiveLimit.Pause unused = ReceiveLimit.pause()) {
            String path = String.join("", session.ask("SHOW search_path"));
            session.execute(SEARCH_PATH.formatted("'pg_catalog'"));
            Moment moment = Moment.of(
                    session.connection(),
                    trial.scratch().home().schema(),
                    trial.scratch().hasOwnDatabase());
            session.execute(SEARCH_PATH.formatted(Identifiers.literal(path)));
            return moment;
        }
    }

    /** Statements that insert made-up rows into the tables that the home has now. */
    List<String> sample() throws SQLException {
        String sequences = trial.scratch().sequencesSql();
        try (ReceiveLimit limit = trial.scratch().session().limit()) {
            SampleRows.Found found = SampleRows.of(trial.scratch(), keys, trial::hasTime, limit);
            if (trial.hasTime()) {
                findings.emptyTables(found.empty());
            }
            return found.inserts();
        } finally {
            // Defaults and triggers have taken numbers.
            if (!trial.scratch().session().isBroken()) {
                trial.scratch().session().execute(sequences);
            }
        }
    }
}

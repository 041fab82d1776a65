package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.engine.catalog.SqlStatements;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.flywaydb.core.api.MigrationVersion;

/**
 * What tenants' homes have had before what is new. Its repeatable scripts have run there already, with the texts that they had,
 * whereas a new home gets them last, and only with their new texts; and a new version may be lower than those that are there.
 * Immutable.
 */
record FormerRelease(MigrationCatalog released, RehearsalTerms terms) {
    private static final String HOMES = "on homes that have had the released scripts, as those of tenants";

    /** Empty if it is not known, or such homes cannot be made. */
    static Optional<FormerRelease> of(RehearsalTerms terms) {
        return Optional.ofNullable(terms.former()).map(former -> new FormerRelease(former, terms));
    }

    /**
     * The path of homes that have the release before: what they have had, and then what is new. Empty if that is the path of a
     * new home too, or no such home goes this way.
     */
    Optional<List<Migration>> path(List<Migration> path) {
        List<Migration> had = path.stream()
                .filter(migration -> terms.isReleased(migration.script()))
                .toList();
        List<Migration> coming =
                path.stream().filter(migration -> !had.contains(migration)).toList();
        boolean isReached = released.head().stream()
                .map(MigrationVersion::fromVersion)
                .allMatch(head -> had.stream().anyMatch(migration -> head.equals(migration.version())));
        List<Migration> all = Stream.concat(had.stream(), coming.stream()).toList();
        return isReached && (!all.equals(path) || coming.stream().anyMatch(this::meetsRepeatables))
                ? Optional.of(all)
                : Optional.empty();
    }

    /** A repeatable script that is new meets nothing of the others, since it comes last in a new home too. */
    private boolean meetsRepeatables(Migration migration) {
        return migration.version() == null
                ? released.repeatables().stream()
                        .anyMatch(old -> old.description().equals(migration.description()))
                : !released.repeatables().isEmpty();
    }

    /** On which homes a script fails that fails on this path, and what to do. */
    String homes() {
        return released.repeatables().isEmpty()
                ? HOMES
                : HOMES
                        + ", the repeatable ones too: drop first in it what these have made and it cannot replace, or what depends"
                        + " on what it changes, and edit the script that makes that, so that it runs again";
    }

    /** After how many migrations of {@link #path} the repeatable scripts run. */
    int place(List<Migration> path) {
        return (int) path.stream()
                .filter(migration -> migration.version() != null && terms.isReleased(migration.script()))
                .count();
    }

    /** Whether repeatable scripts are gone: then new homes do not have what they have made. */
    boolean someAreGone(MigrationCatalog now) {
        return released.repeatables().stream()
                .anyMatch(old -> now.repeatables().stream()
                        .noneMatch(one -> one.description().equals(old.description())));
    }

    /**
     * Applies the repeatable scripts to a home that has the versions before them. If they reach outside the home, all that
     * follows is part of one transaction, which is rolled back.
     *
     * @return why that cannot be; empty if it was done
     */
    Optional<String> apply(PathTrial trial) throws SQLException {
        if (released.repeatables().isEmpty()) {
            return Optional.empty();
        }
        boolean notifies = false;
        for (Migration old : released.repeatables()) {
            List<String> statements = SqlStatements.of(released.scripts().text(old.script()));
            notifies |= statements.stream().anyMatch(ScriptCheck::notifies);
            if (statements.stream().anyMatch(ScriptCheck::leavesTransaction)
                    || released.scripts().isConfigured(old.script())) {
                return Optional.of("the released " + old.script() + " cannot run in a transaction that is rolled back");
            }
        }
        int place = place(trial.path());
        SchemaBoundaryCheck.Work work = () -> trial.runFormerRepeatables(released, place);
        if (notifies || (!trial.scratch().isHeld() && trial.boundary().mustBeRolledBack(work))) {
            trial.scratch().hold();
        }
        return work.run().map(error -> "the released repeatable scripts fail on it: " + error.message());
    }
}

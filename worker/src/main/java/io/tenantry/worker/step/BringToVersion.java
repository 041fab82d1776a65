package io.tenantry.worker.step;

import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.Progress;
import io.tenantry.worker.engine.Shortcut;
import io.tenantry.worker.engine.StartingPoint;
import io.tenantry.worker.engine.Target;
import io.tenantry.worker.postgres.HomeSession;
import io.tenantry.worker.postgres.LockedHome;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Applies the migrations that the home lacks up to the target. One for each request and home. */
final class BringToVersion implements Step {
    private final Migrator migrator;
    private final Target target;
    private final Guess guess;
    private final StartingPoint start;
    private @Nullable Progress progress;

    /** What is thought of the home before it is looked at: it saves a look if it is right, and does no harm if not. */
    sealed interface Guess {
        /** Nothing is there yet, and the steps before this one would make it. */
        record Missing() implements Guess {}

        /** It is where the registry has it; null if that does not know. */
        record At(@Nullable String version) implements Guess {}
    }

    BringToVersion(Migrator migrator, Target target, Guess guess) {
        this(migrator, target, guess, new StartingPoint());
    }

    /** @param start where the request met the home, if a step before it knows that better */
    BringToVersion(Migrator migrator, Target target, Guess guess, StartingPoint start) {
        this.migrator = migrator;
        this.target = target;
        this.guess = guess;
        this.start = start;
    }

    @Override
    public String name() {
        return "bring-to-version";
    }

    @Override
    public Shortcut shortcut(HomeSession session) throws SQLException {
        try {
            return guess instanceof Guess.At at
                    ? migrator.shortcut(session, target, start, at.version())
                    : migrator.create(session, start);
        } catch (SQLException | RuntimeException failure) {
            look(failure, () -> migrator.progress(session.home(), session.connection(), start, failure));
            throw failure;
        }
    }

    @Override
    public StepResult run(LockedHome home) throws SQLException {
        try {
            return StepResult.of(migrator.migrate(home, target, start));
        } catch (SQLException | RuntimeException failure) {
            look(failure, () -> migrator.progress(home.home(), home.connection(), start, failure));
            throw failure;
        }
    }

    private interface Look {
        Progress progress() throws SQLException;
    }

    /** There may be no further attempt, and the scripts before the one that failed are there to stay. */
    private void look(Exception failure, Look look) {
        try {
            progress = look.progress();
        } catch (SQLException | RuntimeException gone) {
            failure.addSuppressed(gone);
        }
    }

    @Override
    public @Nullable Progress progress() {
        return progress;
    }
}

package io.tenantry.worker.step;

import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.history.Progress;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Applies the migrations that the home lacks up to the target. One for each request and home. */
public final class BringToVersion implements Step {
    private final Migrator migrator;
    private final Target target;
    private final Guess guess;
    private final VersionTracker tracker;
    private @Nullable Progress progress;

    /** What is thought of the home before it is looked at: it saves a look if it is right, and does no harm if not. */
    public sealed interface Guess {
        /** Nothing is there yet, and the steps before this one would make it. */
        record Missing() implements Guess {}

        /** It is where the registry has it; null if that does not know. */
        record At(@Nullable String version) implements Guess {}
    }

    /** For a home that no step before this one has looked at. */
    public BringToVersion(Migrator migrator, Target target, Guess guess) {
        this(migrator, target, guess, new VersionTracker());
    }

    /** @param tracker where the request met the home, if a step before it knows that better */
    public BringToVersion(Migrator migrator, Target target, Guess guess, VersionTracker tracker) {
        this.migrator = migrator;
        this.target = target;
        this.guess = guess;
        this.tracker = tracker;
    }

    @Override
    public String name() {
        return "bring-to-version";
    }

    @Override
    public PlanOutcome shortcut(HomeSession session) throws SQLException {
        try {
            return guess instanceof Guess.At at
                    ? migrator.shortcut(session, target, tracker, at.version())
                    : migrator.create(session, tracker);
        } catch (SQLException | RuntimeException failure) {
            look(broken -> migrator.progress(session, tracker, broken), failure);
            throw failure;
        }
    }

    @Override
    public StepResult run(LockedHome home) throws SQLException {
        try {
            return StepResult.of(migrator.migrate(home, target, tracker));
        } catch (SQLException | RuntimeException failure) {
            look(broken -> migrator.progress(home, tracker, broken), failure);
            throw failure;
        }
    }

    /** There may be no further attempt, and the scripts before the one that failed are there to stay. */
    private void look(Look look, Exception failure) {
        try {
            progress = look.at(failure);
        } catch (SQLException | RuntimeException gone) {
            failure.addSuppressed(gone);
        }
    }

    private interface Look {
        Progress at(Exception failure) throws SQLException;
    }

    @Override
    public @Nullable Progress progress() {
        return progress;
    }
}

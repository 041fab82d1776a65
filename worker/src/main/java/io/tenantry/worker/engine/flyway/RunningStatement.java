package io.tenantry.worker.engine.flyway;

import java.time.Duration;
import java.util.function.Consumer;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which script Flyway is running and when its statement began. Some Flyway exceptions, for example after a
 * failed commit, do not contain it. For use by one thread.
 */
public final class RunningStatement implements Callback {
    private final Consumer<String> told;
    private String script = "";
    private long statementBegan = System.nanoTime();

    /** @param told the file name of each script when it begins, and the empty text at the end */
    public RunningStatement(Consumer<String> told) {
        this.told = told;
    }

    /** The file name of the script, until the next one begins or the run is over; empty if none runs. */
    public String script() {
        return script;
    }

    /** How long the statement has been running; for a migration in Java, how long the whole migration has. */
    public Duration sinceStatement() {
        return Duration.ofNanos(System.nanoTime() - statementBegan);
    }

    @Override
    public boolean supports(Event event, @Nullable Context context) {
        return event == Event.BEFORE_EACH_MIGRATE
                || event == Event.BEFORE_EACH_MIGRATE_STATEMENT
                || event == Event.AFTER_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, @Nullable Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        statementBegan = System.nanoTime();
        if (event == Event.BEFORE_EACH_MIGRATE) {
            script = context.getMigrationInfo().getScript();
            told.accept(script);
        } else if (event == Event.AFTER_MIGRATE) {
            script = "";
            told.accept(script);
        }
    }

    @Override
    public String getCallbackName() {
        // Flyway sorts by this: it comes before a callback in a file.
        return "";
    }
}

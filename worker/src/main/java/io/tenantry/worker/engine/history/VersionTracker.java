package io.tenantry.worker.engine.history;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The versions that a request has seen in a home over all its attempts. A later attempt reports the version before the
 * first one. For use by one thread at a time.
 */
public final class VersionTracker {
    private boolean known;
    private @Nullable String firstVersion;
    private int firstRank;
    private @Nullable Instant lastLocked;
    private @Nullable ResultError tooMuch;
    private boolean notAtOnce;
    private boolean needsTurn;
    private @Nullable Progress progress;
    private boolean justCreated;
    private volatile String running = "";
    private final Map<AppliedBy, Integer> scripts = new EnumMap<>(AppliedBy.class);

    /** The home was not there before: what a template brought counts as applied. */
    public void isNothing() {
        first(new History(List.of()));
        justCreated = true;
    }

    /** The version at which the request first met the home: the first call decides. Null is a home without history. */
    public @Nullable String first(History history) {
        if (!known) {
            known = true;
            firstVersion = history.version();
            firstRank = history.lastRank();
        } else if (justCreated) {
            justCreated = false;
            applied(AppliedBy.TEMPLATE, history.scriptsAfter(firstRank));
        }
        return firstVersion;
    }

    /** This script, or these, are sent now; empty if none is. */
    public void runs(String scripts) {
        running = scripts;
    }

    /** The file name of the script that is sent now; empty if none is, or it is not known. May be read by any thread. */
    public String running() {
        return running;
    }

    /** So many scripts were applied in this way. */
    public void applied(AppliedBy way, int number) {
        scripts.merge(way, number, Integer::sum);
    }

    /** How many scripts were applied in which way since the last call. */
    public Map<AppliedBy, Integer> takeApplied() {
        Map<AppliedBy, Integer> taken = Map.copyOf(scripts);
        scripts.clear();
        return taken;
    }

    /** The versions that were applied since then; none if the home was not met before. */
    public List<String> applied(History now) {
        return known ? now.versionsAfter(firstRank) : List.of();
    }

    /** An attempt ended in an exception, and the home has this history now. */
    public void interrupted(History now) {
        String from = first(now);
        progress = new Progress(from, now.version(), applied(now));
    }

    /** How far attempts that ended in an exception have brought the home; null if there was none, or it is unknown. */
    public @Nullable Progress progress() {
        return progress;
    }

    /** The home was worked on under a lock that was taken then, by the server's clock. */
    public void locked(Instant at) {
        lastLocked = at;
    }

    /**
     * When the request last had the lock; null if never. Not updated if the outcome of the commit is unknown. What is
     * read later without the lock is at least as new.
     */
    public @Nullable Instant lastLocked() {
        return lastLocked;
    }

    /**
     * A script sent more than is received. Unless it turns out to be committed, it is not run again for this request.
     *
     * @param script its name; empty for a callback
     * @return what to throw: the history must be looked at
     */
    public TooMuchSentException tooMuch(
            String script, @Nullable Integer line, @Nullable String statement, ReceiveLimit limit, Exception failure) {
        String message = (script.isEmpty() ? "a callback" : script) + " failed: " + limit.explanation();
        tooMuch = new ResultError(
                ErrorCode.MIGRATION_FAILED, message, null, script.isEmpty() ? null : script, line, statement);
        return new TooMuchSentException(script, message, failure);
    }

    /** The same for several scripts in one message: next time they are run one by one. */
    public TooMuchSentException tooMuchAtOnce(ReceiveLimit limit, Exception failure) {
        notAtOnce = true;
        return new TooMuchSentException(
                "", "the scripts of a new home in one transaction: " + limit.explanation(), failure);
    }

    /** Scripts had to wait too long for memory in the middle of their work: next time they wait before they begin. */
    public BusyException noTurn(String script) {
        needsTurn = true;
        return noTurnYet(script);
    }

    private static BusyException noTurnYet(String script) {
        return new BusyException(
                BusyException.Kind.RECEIVING,
                (script.isEmpty() ? "a migration" : script)
                        + " waits: too many scripts send much to this worker at the same time");
    }

    /**
     * Keeps room for a script that an earlier attempt has shown to send much.
     *
     * @throws BusyException if scripts that need much memory must wait
     */
    public void reserveIfNeeded(ReceiveLimit limit) throws BusyException {
        if (needsTurn && !limit.reserve()) {
            throw noTurnYet("");
        }
    }

    /** Whether a new home must be made script by script. */
    public boolean notAtOnce() {
        return notAtOnce;
    }

    /** The error of a script that must not be run again, or of a callback; empty if none of these is one. */
    public Optional<ResultError> tooMuch(List<Migration> pending) {
        return Optional.ofNullable(tooMuch)
                .filter(error -> error.migration() == null
                        || pending.stream()
                                .anyMatch(migration -> migration.script().equals(error.migration())));
    }
}

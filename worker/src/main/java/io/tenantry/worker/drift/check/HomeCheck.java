package io.tenantry.worker.drift.check;

import io.tenantry.worker.config.Glob;
import io.tenantry.worker.drift.ComparableSnapshot;
import io.tenantry.worker.drift.Comparison;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.AppliedPath;
import io.tenantry.worker.engine.history.OtherHistory;
import io.tenantry.worker.engine.reference.References;
import io.tenantry.worker.engine.reference.References.Answer;
import io.tenantry.worker.engine.reference.References.Freshness;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Compares homes of one named database with what their migrations make. A difference counts only if a second look finds it
 * again, in a reference that was made for it. Safe for use by several threads, each with homes of its own.
 */
public final class HomeCheck {
    /**
     * How much a look can see in a home. Raise it when a look reads more of the catalogs, or judges differences in another way:
     * then a release before does not clear what this one has found, and does not begin what this one knows to be none.
     */
    public static final int SIGHT = 3;

    /** SQLSTATE {@code query_canceled}, of statement_timeout. */
    private static final String CANCELED = "57014";

    private final MigrationCatalog catalog;
    private final References references;
    private final List<Glob> excluded;
    private final Set<Glob> unmatched = ConcurrentHashMap.newKeySet();
    private volatile boolean hasCompared;
    private final Spellings spellings = new Spellings();

    /** @param excluded patterns of labels that are left out, such as {@code table audit_*} */
    public HomeCheck(MigrationCatalog catalog, References references, List<Glob> excluded) {
        this.catalog = catalog;
        this.references = references;
        this.excluded = List.copyOf(excluded);
        this.unmatched.addAll(excluded);
    }

    /**
     * Looks at a home. The caller may have one connection of the server, and has none open. Never fails because of the home:
     * that is a verdict.
     */
    public Verdict of(Server server, TenantHome home) {
        try {
            Look look = HomeReader.look(server, home);
            if (!(look instanceof Look.Seen seen)) {
                return ((Look.Failed) look).verdict();
            }
            if (seen.history().rows().isEmpty() && !catalog.migrations().isEmpty()) {
                return HomeReader.emptied(home);
            }
            AppliedPath path = path(seen, home);
            Answer answer = references.at(home, path, Freshness.KEPT);
            if (!(answer instanceof Answer.Found found)) {
                return new Verdict.NoReference(((Answer.Unavailable) answer).reason());
            }
            // Before a new reference is made: after a restore all homes have definitions that are spelled in another
            // way.
            return spellings
                            .same(server, home, compare(found.filled(), seen, home))
                            .isEmpty()
                    ? clean(seen, path)
                    : again(server, home, seen, path);
        } catch (SQLException failure) {
            return isPassing(failure)
                    ? HomeReader.busy(server, home, failure)
                    : new Verdict.Unreadable(
                            "the reference of " + home.owner() + " cannot be made: " + FailureMessage.of(failure),
                            SqlFailure.of(failure) == SqlFailure.SERVER_AWAY);
        } catch (IllegalStateException | UncheckedIOException bug) {
            return new Verdict.Unreadable(
                    home.owner() + " cannot be compared, which is a fault of Tenantry: " + bug.getMessage(), false);
        }
    }

    /**
     * Why a home that seems to be migrated for long cannot be compared, for people: its lock belongs to a session that migrates
     * nothing. The caller may have one connection of the server, and has none open.
     *
     * @param applications the application names of the processes that migrate homes
     * @return empty if one of them has the lock, or nobody has it
     */
    public static Optional<String> strangerIn(Server server, TenantHome home, Set<String> applications)
            throws SQLException {
        return HomeReader.strangerIn(server, home, applications);
    }

    /** The patterns that have matched no object of a home, or of what its migrations make, so far. */
    public Set<Glob> unmatched() {
        return Set.copyOf(unmatched);
    }

    /** Whether a home was compared with its reference, whatever came out. */
    public boolean hasCompared() {
        return hasCompared;
    }

    /** Somebody holds a lock, or a statement took too long: the next look may have an answer. */
    static boolean isPassing(SQLException failure) {
        return SqlFailure.of(failure) == SqlFailure.TRANSIENT || CANCELED.equals(failure.getSQLState());
    }

    /** A stored reference may be of an older environment, and a first look may have met a change half way. */
    private Verdict again(Server server, TenantHome home, Look.Seen first, AppliedPath path) throws SQLException {
        Answer answer = references.at(home, path, Freshness.NEW);
        if (!(answer instanceof Answer.Found found)) {
            return new Verdict.NoReference(((Answer.Unavailable) answer).reason());
        }
        Look look = HomeReader.look(server, home);
        if (!(look instanceof Look.Seen seen)) {
            return ((Look.Failed) look).verdict();
        }
        if (!seen.isOfSameHistory(first)) {
            return Verdict.Busy.MIGRATED;
        }
        Comparison comparison = spellings.known(compare(found.filled(), seen, home));
        if (comparison.changed().isEmpty()) {
            return verdict(comparison, seen, path);
        }
        Comparison respelled = spellings.same(server, home, comparison);
        if (respelled.isEmpty()) {
            return clean(seen, path);
        }
        // Where somebody works on the home meanwhile, its definitions cannot be made once more.
        Look last = HomeReader.look(server, home);
        if (last instanceof Look.Failed failed) {
            return failed.verdict();
        }
        return ((Look.Seen) last).isOfSameHistory(seen) ? verdict(respelled, seen, path) : Verdict.Busy.MIGRATED;
    }

    private static Verdict verdict(Comparison comparison, Look.Seen seen, AppliedPath path) {
        return comparison.isEmpty()
                ? clean(seen, path)
                : new Verdict.Drifted(seen.history().version(), path.key(), comparison.differences());
    }

    /**
     * What may be the cause of a drift, in clauses for people: somebody changed the history table, or default privileges. Takes
     * longer than {@link #of}, since it may make references; the same for homes with the same path and differences.
     *
     * @return empty if nothing is known
     */
    public List<String> hints(Server server, TenantHome home, Verdict.Drifted drifted) throws SQLException {
        List<String> hints = new ArrayList<>();
        if (HomeReader.look(server, home) instanceof Look.Seen seen
                && path(seen, home).key().equals(drifted.pathKey())) {
            for (OtherHistory other : OtherHistory.of(seen.history(), catalog.migrationsFor(home))) {
                if (hints.isEmpty() && isMadeBy(other, server, home, seen)) {
                    hints.add(other.hint());
                }
            }
        }
        DefaultPrivileges.hint(server, home, drifted.differences()).ifPresent(hints::add);
        return hints;
    }

    private boolean isMadeBy(OtherHistory other, Server server, TenantHome home, Look.Seen seen) throws SQLException {
        Answer answer = references.at(home, AppliedPath.of(other.history(), catalog, home), Freshness.KEPT);
        if (!(answer instanceof Answer.Found found)) {
            return false;
        }
        Comparison comparison = compare(found.filled(), seen, home);
        return comparison.hasSameObjects()
                && spellings.same(server, home, comparison).isEmpty();
    }

    private AppliedPath path(Look.Seen seen, TenantHome home) {
        return AppliedPath.of(seen.history(), catalog, home);
    }

    private Comparison compare(CatalogSnapshot reference, Look.Seen seen, TenantHome home) {
        ComparableSnapshot expected = ComparableSnapshot.of(reference, home.isolation(), excluded);
        ComparableSnapshot actual = ComparableSnapshot.of(seen.snapshot(), home.isolation(), excluded);
        hasCompared = true;
        unmatched.removeAll(expected.matched());
        unmatched.removeAll(actual.matched());
        return Comparison.of(expected, actual);
    }

    private static Verdict clean(Look.Seen seen, AppliedPath path) {
        return new Verdict.Clean(seen.history().version(), path.key());
    }
}

package io.tenantry.worker.drift.check;

import io.tenantry.worker.config.Glob;
import io.tenantry.worker.drift.ComparableSnapshot;
import io.tenantry.worker.drift.Comparison;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.AppliedPath;
import io.tenantry.worker.engine.reference.References;
import io.tenantry.worker.engine.reference.References.Answer;
import io.tenantry.worker.engine.reference.References.Freshness;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.List;

/**
 * Compares homes of one named database with what their migrations make. A difference counts only if a second look finds it
 * again, in a reference that was made for it. Safe for use by several threads, each with homes of its own.
 */
public final class HomeCheck {
    private final MigrationCatalog catalog;
    private final References references;
    private final List<Glob> excluded;
    /** The paths whose references were just made again: when many homes drift, one new reference is enough. */
    private final RecentPaths recent = new RecentPaths(System::nanoTime);

    /** @param excluded patterns of labels that are left out, such as {@code table audit_*} */
    public HomeCheck(MigrationCatalog catalog, References references, List<Glob> excluded) {
        this.catalog = catalog;
        this.references = references;
        this.excluded = List.copyOf(excluded);
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
            AppliedPath path = path(seen, home);
            Answer answer = references.at(home, path, Freshness.KEPT);
            if (!(answer instanceof Answer.Found found)) {
                return new Verdict.NoReference(((Answer.Unavailable) answer).reason());
            }
            return compare(found.filled(), seen, home).isEmpty() ? clean(seen, path) : again(server, home, seen, path);
        } catch (SQLException failure) {
            return new Verdict.Unreadable(
                    "the reference of " + home.owner() + " cannot be made: " + FailureMessage.of(failure),
                    SqlFailure.of(failure) == SqlFailure.SERVER_AWAY);
        }
    }

    /** A stored reference may be of an older environment, and a first look may have met a change half way. */
    private Verdict again(Server server, TenantHome home, Look.Seen first, AppliedPath path) throws SQLException {
        Answer answer = references.at(home, path, recent.contains(path.key()) ? Freshness.KEPT : Freshness.NEW);
        recent.add(path.key());
        if (!(answer instanceof Answer.Found found)) {
            return new Verdict.NoReference(((Answer.Unavailable) answer).reason());
        }
        Look look = HomeReader.look(server, home);
        if (!(look instanceof Look.Seen seen)) {
            return ((Look.Failed) look).verdict();
        }
        if (!seen.isOfSameHistory(first)) {
            return new Verdict.Busy();
        }
        Comparison comparison = compare(found.filled(), seen, home);
        comparison = Spellings.same(server, home, comparison);
        return comparison.isEmpty()
                ? clean(seen, path)
                : new Verdict.Drifted(seen.history().version(), path.key(), comparison.differences());
    }

    private AppliedPath path(Look.Seen seen, TenantHome home) {
        return AppliedPath.of(seen.history(), catalog, home);
    }

    private Comparison compare(CatalogSnapshot reference, Look.Seen seen, TenantHome home) {
        return Comparison.of(
                ComparableSnapshot.of(reference, home.isolation(), excluded),
                ComparableSnapshot.of(seen.snapshot(), home.isolation(), excluded));
    }

    private static Verdict clean(Look.Seen seen, AppliedPath path) {
        return new Verdict.Clean(seen.history().version(), path.key());
    }
}

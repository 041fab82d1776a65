package io.tenantry.worker.operator.rebuild;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HomeFingerprint;
import io.tenantry.worker.operator.home.Catalogs;
import io.tenantry.worker.operator.home.LeasedServers;
import io.tenantry.worker.operator.rebuild.Finding.Kind;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.HomeState;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.RegisteredHome;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at one home, and says how its row differs. Each statement is a transaction of its own. */
final class HomeLook {
    private final Settings settings;
    private final LeasedServers servers;
    private final Catalogs catalogs;

    HomeLook(Settings settings, LeasedServers servers, Catalogs catalogs) {
        this.settings = settings;
        this.servers = servers;
        this.catalogs = catalogs;
    }

    /**
     * What a home is now.
     *
     * @param there whether it exists with its mark
     * @param fingerprint of what was applied; null if that is not known
     */
    record Seen(
            boolean there,
            @Nullable String version,
            @Nullable String fingerprint) {}

    /** The place to look at; empty if it does not exist or is ambiguous. */
    Optional<TenantHome> place(Known home) {
        return home.place(database(home.database()));
    }

    /** Empty if there is neither a row nor a home, as with a shared database before its first request. */
    Optional<Finding> look(Known home) throws SQLException {
        Optional<TenantHome> place = place(home);
        if (place.isEmpty()) {
            return Optional.of(home.places().isEmpty() ? withoutHome(home) : ambiguous(home));
        }
        Seen seen = see(place.get());
        if (seen.there()) {
            return Optional.of(compare(home, place.get(), seen));
        }
        return home.row().isEmpty() ? Optional.empty() : Optional.of(withoutHome(home));
    }

    /** Reads version and scripts of a home; without its lock they may change meanwhile. */
    private Seen see(TenantHome home) throws SQLException {
        Server server = servers.server(home.server());
        Optional<MigrationCatalog> catalog = catalogs.find(home.database(), server);
        try (HomeSession session = HomeSession.open(server, home)) {
            session.changed();
            Sql.execute(
                    session.connection(),
                    "SET lock_timeout = " + session.timeouts().lock().toMillis());
            return see(session, catalog);
        }
    }

    /** The same in the session of the caller. */
    static Seen see(HomeSession session, Optional<MigrationCatalog> catalog) throws SQLException {
        if (!(session.inspect() instanceof HomeState.Marked)) {
            return new Seen(false, null, null);
        }
        TenantHome home = session.home();
        History history = History.of(session.connection(), home.schema());
        if (home.isolation() == Isolation.SHARED && history.rows().isEmpty()) {
            // A schema that somebody else may have made.
            return new Seen(false, null, null);
        }
        String fingerprint = catalog.flatMap(known -> HomeFingerprint.of(known, known.migrationsFor(home), history))
                .orElse(null);
        return new Seen(true, history.version(), fingerprint);
    }

    private Finding compare(Known home, TenantHome place, Seen seen) {
        return new Finding(
                home.tenant().orElse(null),
                home.database(),
                kind(home, place, seen),
                home.row().map(RegisteredHome::version).orElse(null),
                place.server(),
                place.location(),
                seen.version(),
                detail(home, place),
                false);
    }

    private Kind kind(Known home, TenantHome place, Seen seen) {
        if (home.row().isEmpty()) {
            return Kind.MISSING;
        }
        RegisteredHome row = home.row().get();
        if (!row.server().equals(place.server()) || !row.location().equals(place.location())) {
            return Kind.LOCATION;
        }
        if (!Objects.equals(row.version(), seen.version())) {
            return Kind.VERSION;
        }
        boolean disproved = row.fingerprint() != null
                && !row.fingerprint().equals(seen.fingerprint())
                && catalogs.find(home.database(), servers.server(place.server()))
                        .filter(catalog -> seen.version() == null || catalog.has(seen.version()))
                        .isPresent();
        if (disproved) {
            return Kind.SCRIPTS;
        }
        return home.places().stream().allMatch(place::equals) ? Kind.SAME : Kind.COPIED;
    }

    private static @Nullable String detail(Known home, TenantHome place) {
        List<String> others = home.places().stream()
                .filter(other -> !other.equals(place))
                .map(other -> other.server() + "/" + other.location())
                .toList();
        String moved = home.row()
                .filter(row ->
                        !row.server().equals(place.server()) || !row.location().equals(place.location()))
                .map(row -> "registered at " + row.server() + "/" + row.location())
                .orElse("");
        String copies = others.isEmpty()
                ? ""
                : "also marked as this home: " + String.join(", ", others) + " (correct the comment of the copy)";
        String all = moved + (moved.isEmpty() || copies.isEmpty() ? "" : "; ") + copies;
        return all.isEmpty() ? null : all;
    }

    private Finding ambiguous(Known home) {
        TenantHome first = home.places().get(0);
        List<String> all = home.places().stream()
                .map(place -> place.server() + "/" + place.location())
                .toList();
        return new Finding(
                home.tenant().orElse(null),
                home.database(),
                Kind.AMBIGUOUS,
                home.row().map(RegisteredHome::version).orElse(null),
                first.server(),
                first.location(),
                null,
                "marked as this home: " + String.join(", ", all)
                        + "; nothing is written: correct the comment of those that are not it",
                false);
    }

    /** A row with a place that does not have the mark. */
    private Finding withoutHome(Known home) throws SQLException {
        RegisteredHome row = home.row().orElseThrow();
        Finding finding = new Finding(
                row.tenant(),
                row.database(),
                Kind.GONE,
                row.version(),
                row.server(),
                row.location(),
                null,
                null,
                false);
        if (!settings.servers().containsKey(row.server())) {
            return finding.with(
                    Kind.UNREADABLE, "server " + row.server() + " is not in the configuration; the row is left alone");
        }
        TenantHome place = registered(row);
        try (HomeSession session = HomeSession.openForProvisioning(servers.server(row.server()), place)) {
            HomeState state = session.inspect();
            if (state instanceof HomeState.Foreign foreign) {
                return finding.with(
                        Kind.FOREIGN,
                        place.kind() + " has the comment " + (foreign.comment() == null ? "(none)" : foreign.comment())
                                + "; the row is left alone: set the comment to \"" + place.mark()
                                + "\" if it is this home, or delete the row");
            }
            return finding;
        }
    }

    /** Where a row says that the home is. */
    TenantHome registered(RegisteredHome row) {
        return new TenantHome(
                row.tenant(),
                row.database(),
                row.server(),
                row.location(),
                database(row.database()).isolation());
    }

    private DatabaseSettings database(String name) {
        return settings.databases().stream()
                .filter(database -> database.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}

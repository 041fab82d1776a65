package io.tenantry.worker.engine.reference;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.AppliedPath;
import io.tenantry.worker.engine.proof.NameStyle;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * References that are in memory, in the store, or made now, in this order. One is made at a time. Why one cannot be made is
 * also kept in memory, for some minutes, since it is the same for all homes of a path. Safe for use by many threads.
 */
public final class KeptReferences implements References {
    /** Enough for a fleet in a rollout. A reference of ten tables has 60 kB. */
    private static final int IN_MEMORY = 32;
    /** After that the server may have another version, or a reason may be mended. */
    private static final Duration IN_MEMORY_FOR = Duration.ofMinutes(10);
    /** When many homes drift, one new reference is enough. */
    private static final Duration NEW_FOR = Duration.ofMinutes(1);

    private static final String WHERE = "SELECT current_setting('server_version_num')::int, current_user::text";

    private final MigrationCatalog catalog;
    private final Server server;
    private final NewReferences making;
    private final ReferenceStore store;
    private final Object oneAtATime = new Object();
    /** The longest unused one goes first. Guarded by itself. */
    private final Map<String, Known> known = new LinkedHashMap<>(IN_MEMORY, 0.75f, true);
    /** What was made, or could not be made, by this process. Guarded by {@link #known}. */
    private final Map<String, Known> made = new LinkedHashMap<>();

    /**
     * @param reference null if it cannot be made
     * @param reason why it cannot be made; empty otherwise
     * @param isSettled whether it is known what in it depends on the tenant's name
     */
    private record Known(@Nullable Reference reference, String reason, boolean isSettled, long sinceNanos) {
        private boolean isRecent(Duration most) {
            return System.nanoTime() - sinceNanos < most.toNanos();
        }

        /** A failure takes as long as what was tried, so it is not tried each minute. */
        private boolean isFresh() {
            return isRecent(reference == null ? IN_MEMORY_FOR : NEW_FOR);
        }

        private Answer answer(TenantHome home) {
            return reference == null ? new Answer.Unavailable(reason) : new Answer.Found(reference.fill(home));
        }
    }

    /**
     * Makes none yet.
     *
     * @param allow scripts, by their names in the history, that may reach outside the schema
     */
    public KeptReferences(MigrationCatalog catalog, Server server, Set<String> allow, ReferenceStore store) {
        this.catalog = catalog;
        this.server = server;
        this.making = new NewReferences(catalog, server, allow);
        this.store = store;
    }

    @Override
    public Answer at(TenantHome home, AppliedPath path, Freshness freshness) throws SQLException {
        String key = key(home, path);
        Optional<Known> found = inMemory(key, freshness);
        if (found.isEmpty()) {
            synchronized (oneAtATime) {
                found = inMemory(key, freshness);
                if (found.isEmpty()) {
                    found = Optional.of(find(key, path, home, freshness));
                }
            }
        }
        return found.get().answer(home);
    }

    @Override
    public Optional<Answer> known(TenantHome home, AppliedPath path) {
        return inMemory(key(home, path), Freshness.KEPT).map(one -> one.answer(home));
    }

    private static String key(TenantHome home, AppliedPath path) {
        return path.key() + "-" + (NameStyle.of(home) + "-" + home.isolation()).toLowerCase(Locale.ROOT);
    }

    private Optional<Known> inMemory(String key, Freshness freshness) {
        synchronized (known) {
            return freshness == Freshness.KEPT
                    ? Optional.ofNullable(known.get(key)).filter(one -> one.isRecent(IN_MEMORY_FOR))
                    : Optional.ofNullable(made.get(key)).filter(one -> one.isSettled() && one.isFresh());
        }
    }

    private Known remember(String key, Known one) {
        synchronized (known) {
            known.put(key, one);
            if (known.size() > IN_MEMORY) {
                known.remove(known.keySet().iterator().next());
            }
        }
        return one;
    }

    /** A reference that cannot be made again is no reason to forget the one that there is. */
    private Known rememberMade(String key, Known one) {
        synchronized (known) {
            made.values().removeIf(other -> !other.isFresh());
            made.put(key, one);
        }
        return one.reference() != null || inMemory(key, Freshness.KEPT).isEmpty() ? remember(key, one) : one;
    }

    private Known find(String key, AppliedPath path, TenantHome home, Freshness freshness) throws SQLException {
        ReferenceStore.Place place = place(key);
        boolean mayBeKept = freshness == Freshness.KEPT || path.unknown().isPresent();
        Optional<Reference> kept = mayBeKept || making.mayDependOnName() ? store.find(place) : Optional.empty();
        if (mayBeKept && kept.isPresent()) {
            return remember(key, new Known(kept.get(), "", false, System.nanoTime()));
        }
        NewReferences.Made one = freshness == Freshness.NEW && making.mayDependOnName()
                ? making.again(path, home, recent(key), kept)
                : making.one(path, home);
        if (one.reference() != null) {
            store.keep(place, one.reference());
        }
        boolean isSettled = one.reference() == null || freshness == Freshness.NEW || !making.mayDependOnName();
        return rememberMade(key, new Known(one.reference(), one.reason(), isSettled, System.nanoTime()));
    }

    /** One that was made in the last minute. */
    private Optional<Reference> recent(String key) {
        synchronized (known) {
            return Optional.ofNullable(made.get(key)).filter(Known::isFresh).map(Known::reference);
        }
    }

    /** Without a connection afterwards: the trial needs one. */
    private ReferenceStore.Place place(String key) throws SQLException {
        try (Connection connection = server.connection()) {
            return Sql.one(
                    connection,
                    WHERE,
                    row -> new ReferenceStore.Place(
                            server.name(),
                            catalog.database(),
                            key,
                            row.getInt(1),
                            row.getString(2),
                            CatalogSnapshot.format() + Reference.FORMAT));
        }
    }
}

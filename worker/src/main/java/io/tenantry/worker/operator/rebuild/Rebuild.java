package io.tenantry.worker.operator.rebuild;

import io.tenantry.worker.config.Settings;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.home.Catalogs;
import io.tenantry.worker.operator.home.LeasedServers;
import io.tenantry.worker.operator.rebuild.Finding.Kind;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.RegisteredHome;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Compares the registry with the tenants' own homes, one home after another, and corrects it if it is told to. Never
 * reads the tables of two homes in one transaction: each lock lasts for one short query. Can be run again at any time;
 * what was written is then the same. For one thread.
 */
public final class Rebuild {
    private final Access access;
    private final Scope scope;
    private final Writes writes;

    /** What is written. */
    public enum Writes {
        NOTHING,
        /** Rows of homes that are there. */
        HOMES,
        /** The same, and rows without a home are deleted. */
        HOMES_AND_DELETIONS;

        boolean deletes() {
            return this == HOMES_AND_DELETIONS;
        }
    }

    /** Is told what happens, by the thread that runs it. */
    public interface Listener {
        /** Why there is no connection yet; called by another thread. */
        void waits(String reason);

        /**
         * Homes with the mark of this database that do not fit the configuration: their place or their isolation is
         * another one. Without a row they are left alone, since they may belong to another deployment.
         */
        void leftAlone(String database, List<TenantHome> homes);

        /** Its migrations cannot be read here, so fingerprints of its homes are not known. */
        void withoutFingerprints(String reason);

        /** A home was looked at. */
        void found(Finding finding, int done, int all);

        /** The command was interrupted: the other homes are not looked at. */
        void stops(int done, int all);
    }

    public Rebuild(Access access, Scope scope, Writes writes) {
        this.access = access;
        this.scope = scope;
        this.writes = writes;
    }

    /**
     * Looks at all homes, or at those that come before an interruption.
     *
     * @throws OperationFailedException if the registry or a server cannot be used; what was written until then stays
     */
    public void run(Listener listener) throws OperationFailedException {
        Settings settings = access.settings();
        Interruption interruption = access.interruption();
        Catalogs catalogs = new Catalogs(settings, listener::withoutFingerprints);
        try (LeasedServers servers =
                LeasedServers.lease(access, settings.servers().keySet(), listener::waits)) {
            Inventory inventory = new Inventory(settings, scope);
            for (String name : settings.servers().keySet()) {
                if (interruption.isRequested()) {
                    throw interruption.failure("interrupted while the homes were listed; nothing was written");
                }
                add(inventory, servers, name);
            }
            List<Known> homes = access.registry(inventory::homes);
            inventory.strangers().forEach(listener::leftAlone);
            HomeLook look = new HomeLook(settings, servers, catalogs);
            Correction correction = access.registry(registry -> new Correction(registry, servers, catalogs));
            int done = 0;
            for (Known home : homes) {
                if (interruption.isRequested()) {
                    listener.stops(done, homes.size());
                    return;
                }
                done++;
                Optional<Finding> finding = examine(home, look, correction);
                if (finding.isPresent()) {
                    listener.found(finding.get(), done, homes.size());
                }
            }
        }
    }

    private static void add(Inventory inventory, LeasedServers servers, String name) throws OperationFailedException {
        try {
            inventory.add(servers.server(name));
        } catch (SQLException failure) {
            // Without its list, homes on it would look as if they were gone.
            throw new OperationFailedException(
                    "the homes of server " + name + " cannot be listed: " + FailureMessage.of(failure)
                            + "; nothing was written: run this again when the server answers",
                    failure);
        }
    }

    private Optional<Finding> examine(Known home, HomeLook look, Correction correction) {
        try {
            Optional<Finding> found = look.look(home);
            return found.isEmpty() ? found : Optional.of(correct(found.get(), home, look, correction));
        } catch (SQLException failure) {
            return Optional.of(unreadable(home, failure));
        }
    }

    private Finding correct(Finding finding, Known home, HomeLook look, Correction correction) throws SQLException {
        if (writes != Writes.NOTHING && finding.kind().isWritable()) {
            Optional<TenantHome> place = look.place(home);
            return correction.write(finding, place.orElseThrow());
        }
        if (writes.deletes() && finding.kind() == Kind.GONE) {
            RegisteredHome row = home.row().orElseThrow();
            return correction.prune(finding, row, look.registered(row));
        }
        return finding;
    }

    private static Finding unreadable(Known home, SQLException failure) {
        Optional<RegisteredHome> row = home.row();
        boolean marked = !home.places().isEmpty();
        return new Finding(
                home.tenant().orElse(null),
                home.database(),
                Kind.UNREADABLE,
                row.map(RegisteredHome::version).orElse(null),
                marked
                        ? home.places().get(0).server()
                        : row.map(RegisteredHome::server).orElse(""),
                marked
                        ? home.places().get(0).location()
                        : row.map(RegisteredHome::location).orElse(""),
                null,
                FailureMessage.of(failure) + "; run this again",
                false);
    }
}

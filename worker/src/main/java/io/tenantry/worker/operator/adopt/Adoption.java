package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.home.Catalogs;
import io.tenantry.worker.operator.home.LeasedServers;
import io.tenantry.worker.operator.home.OrderedTasks;
import io.tenantry.worker.operator.home.ServerReach;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.connection.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes over homes that exist already, a few at the same time: looks at each, and, if it is told to, marks and registers those
 * that are what the migrations make. Can be ended at any moment and run again. For one thread.
 */
public final class Adoption {
    /** Of each server, if the workers can do without them. */
    private static final int CONNECTIONS = 4;

    private final Access access;
    private final AdoptionTerms terms;
    private final DatabaseSettings database;
    private final OtherDatabases others;

    /** Is told what happens, by the thread that runs it. */
    public interface Listener {
        /** Why there is no connection yet; called by another thread. */
        void waits(String reason);

        /** A version table that lies outside of all homes, as in {@code public.alembic_version}: all tenants share it. */
        void sharedTable(String table);

        /** So many schemas or databases fit the pattern. */
        void begins(int homes);

        /** What becomes of one; if it is written, it is durable now. */
        void found(AdoptionFinding finding);

        /** The command was interrupted: the other homes are not looked at. */
        void stops(int done, int all);
    }

    public Adoption(Access access, AdoptionTerms terms) {
        this.access = access;
        this.terms = terms;
        this.database = access.settings().databases().stream()
                .filter(one -> one.name().equals(terms.database()))
                .findFirst()
                .orElseThrow();
        this.others =
                new OtherDatabases(database, terms.pattern(), access.settings().databases());
    }

    /**
     * Looks at all homes, or at those that come before an interruption.
     *
     * @throws OperationFailedException if the registry, a server or the migrations cannot be used; what was written until
     *     then stays
     */
    public void run(Listener listener) throws OperationFailedException {
        List<String> names = terms.server() == null ? database.serverNames() : List.of(terms.server());
        try (LeasedServers servers = LeasedServers.lease(access, names, CONNECTIONS, listener::waits)) {
            // First: if a server cannot be reached, the migrations cannot be read either, and are not at fault.
            List<Candidate> candidates = new ArrayList<>();
            for (String name : names) {
                candidates.addAll(list(servers.server(name), listener));
            }
            MigrationCatalog catalog =
                    new Catalogs(access.settings(), unusable -> {}).of(database.name(), servers.server(names.get(0)));
            listener.begins(candidates.size());
            NewRows rows = new NewRows(access, listener::found);
            work(candidates, servers, catalog, rows, listener);
        }
    }

    private List<Candidate> list(Server server, Listener listener) throws OperationFailedException {
        Candidates candidates = new Candidates(database.name(), database.isolation(), terms.pattern());
        Optional<String> readOnly = ServerReach.require(server);
        if (terms.writes() && readOnly.isPresent()) {
            throw new OperationFailedException("server " + server.name() + " takes no writes: " + readOnly.get()
                    + "; nothing was written: run this again when it does");
        }
        try (Connection connection = server.connection()) {
            List<String> notTenants = others.schemasOfNoTenant();
            List<Candidate> found = candidates.of(connection, server.name()).stream()
                    .filter(candidate -> database.isolation() == Isolation.DATABASE
                            || !notTenants.contains(candidate.home().location()))
                    .toList();
            if (found.stream().anyMatch(candidate -> !Admission.isMarked(candidate))) {
                candidates
                        .sharedTables(connection, notTenants, others.schemas())
                        .forEach(listener::sharedTable);
            }
            return found;
        } catch (SQLException failure) {
            throw new OperationFailedException(
                    "the " + (database.isolation() == Isolation.DATABASE ? "databases" : "schemas") + " of server "
                            + server.name() + " cannot be listed: " + FailureMessage.of(failure)
                            + "; nothing was written: run this again when the server answers",
                    failure);
        }
    }

    private void work(
            List<Candidate> candidates,
            LeasedServers servers,
            MigrationCatalog catalog,
            NewRows rows,
            Listener listener)
            throws OperationFailedException {
        List<String> tenants = candidates.stream()
                .map(candidate -> String.valueOf(candidate.home().tenant()))
                .toList();
        Registered registered = access.registry(registry -> Registered.read(registry, database.name(), tenants));
        Admission admission = new Admission(candidates, registered, others);
        HomeWork work = new HomeWork(terms, database, catalog, servers, registered, new NoStore());
        try (OrderedTasks<HomeWork.Worked> tasks = new OrderedTasks<>("adopt", CONNECTIONS)) {
            int begun = 0;
            for (Candidate candidate : candidates) {
                if (access.interruption().isRequested()) {
                    break;
                }
                begun++;
                Optional<AdoptionFinding> decided = admission.decide(candidate);
                tasks.give(() -> decided.map(HomeWork.Worked::not).orElseGet(() -> work.at(candidate)));
                while (tasks.isFull()) {
                    take(tasks, rows, listener);
                }
            }
            boolean stopping = false;
            while (!tasks.isEmpty()) {
                if (!stopping && access.interruption().isRequested()) {
                    stopping = true;
                    begun -= tasks.dropWaiting();
                    // A second signal, or five seconds, may end the command before what was begun has ended.
                    rows.flush();
                } else {
                    take(tasks, rows, listener);
                }
            }
            rows.flush();
            if (begun < candidates.size()) {
                listener.stops(begun, candidates.size());
            }
        }
    }

    private static void take(OrderedTasks<HomeWork.Worked> tasks, NewRows rows, Listener listener)
            throws OperationFailedException {
        HomeWork.Worked worked = tasks.take();
        if (worked.row() == null) {
            listener.found(worked.finding());
        } else {
            rows.add(worked.row(), worked.finding());
        }
    }
}

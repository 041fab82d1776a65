package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.adopt.AdoptionFinding.State;
import io.tenantry.worker.operator.home.Catalogs;
import io.tenantry.worker.operator.home.LeasedServers;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.registry.RegisteredHome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes over homes that exist already, one after another: looks at each, and, if it is told to, marks and registers those
 * that are what the migrations make. Can be ended at any moment and run again. For one thread.
 */
public final class Adoption {
    private final Access access;
    private final AdoptionTerms terms;
    private final DatabaseSettings database;

    /** Is told what happens, by the thread that runs it. */
    public interface Listener {
        /** Why there is no connection yet; called by another thread. */
        void waits(String reason);

        /** A version table that lies outside of all homes, as in {@code public.alembic_version}: all tenants share it. */
        void sharedTable(String table, int homes);

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
    }

    /**
     * Looks at all homes, or at those that come before an interruption.
     *
     * @throws OperationFailedException if the registry, a server or the migrations cannot be used; what was written until
     *     then stays
     */
    public void run(Listener listener) throws OperationFailedException {
        List<String> names = terms.server() == null ? database.serverNames() : List.of(terms.server());
        try (LeasedServers servers = LeasedServers.lease(access, names, listener::waits)) {
            MigrationCatalog catalog =
                    new Catalogs(access.settings(), unusable -> {}).of(database.name(), servers.server(names.get(0)));
            List<Candidate> candidates = new ArrayList<>();
            for (String name : names) {
                candidates.addAll(list(servers.server(name), listener));
            }
            listener.begins(candidates.size());
            NewRows rows = new NewRows(access, listener::found);
            work(candidates, servers, catalog, rows, listener);
        }
    }

    private List<Candidate> list(Server server, Listener listener) throws OperationFailedException {
        Candidates candidates = new Candidates(database.name(), database.isolation(), terms.pattern());
        try (Connection connection = server.connection()) {
            List<Candidate> found = candidates.of(connection, server.name());
            candidates
                    .sharedTable(connection, notTenants())
                    .ifPresent(table -> listener.sharedTable(table, found.size()));
            return found;
        } catch (SQLException failure) {
            throw new OperationFailedException(
                    "the " + (database.isolation() == Isolation.DATABASE ? "databases" : "schemas") + " of server "
                            + server.name() + " cannot be listed: " + FailureMessage.of(failure)
                            + "; nothing was written: run this again when the server answers",
                    failure);
        }
    }

    /** The registry's schema, and the shared ones, whose histories are their own. */
    private List<String> notTenants() {
        List<String> schemas = new ArrayList<>(List.of("tenantry"));
        access.settings().databases().stream()
                .filter(one -> one.isolation() == Isolation.SHARED)
                .forEach(one -> schemas.add(one.location()));
        return schemas;
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
        Admission admission = new Admission(candidates, registered);
        HomeWork work = new HomeWork(terms, catalog, registered);
        Interruption interruption = access.interruption();
        int done = 0;
        for (Candidate candidate : candidates) {
            if (interruption.isRequested()) {
                rows.flush();
                listener.stops(done, candidates.size());
                return;
            }
            done++;
            Optional<AdoptionFinding> decided = admission.decide(candidate);
            if (decided.isPresent()) {
                listener.found(decided.get());
            } else {
                work.at(candidate, servers.server(candidate.home().server()), rows, listener);
            }
        }
        rows.flush();
    }

    /** The work at one home. */
    private static final class HomeWork {
        private final AdoptionTerms terms;
        private final Judge judge;
        private final Enrolment enrolment;
        private final Registered registered;

        HomeWork(AdoptionTerms terms, MigrationCatalog catalog, Registered registered) {
            this.terms = terms;
            this.judge = new Judge(catalog);
            this.enrolment = new Enrolment(catalog);
            this.registered = registered;
        }

        void at(Candidate candidate, Server server, NewRows rows, Listener listener) throws OperationFailedException {
            Enrolment.Outcome outcome;
            AdoptionFinding finding;
            try {
                Look look = look(candidate, server);
                finding = look.judgement().of(candidate);
                if (finding.state() != State.ADOPTABLE || !terms.writes()) {
                    listener.found(finding);
                    return;
                }
                @Nullable RegisteredHome known = registered.of(finding.tenant()).orElse(null);
                outcome = enrolment.write(
                        server, candidate.home(), Objects.requireNonNull(look.content()), look.judgement(), known);
            } catch (SQLException failure) {
                listener.found(AdoptionFinding.of(
                        candidate, State.UNREADABLE, FailureMessage.of(failure) + "; run this again"));
                return;
            }
            if (outcome.row() == null) {
                listener.found(AdoptionFinding.of(candidate, State.UNREADABLE, outcome.obstacle()));
            } else {
                rows.add(outcome.row(), finding);
            }
        }

        /**
         * A look into one home.
         *
         * @param content null if it was refused before it was read
         */
        private record Look(@Nullable HomeContent content, Judgement judgement) {}

        private Look look(Candidate candidate, Server server) throws SQLException {
            HomeContent content;
            try (HomeSession session = HomeSession.open(server, candidate.home())) {
                session.changed();
                Sql.execute(
                        session.connection(),
                        "SET lock_timeout = " + session.timeouts().lock().toMillis());
                Optional<String> others = HomeContent.ownedByOthers(session);
                if (others.isPresent()) {
                    return new Look(
                            null,
                            Judgement.not(
                                    State.REFUSED,
                                    null,
                                    "the worker's role does not own "
                                            + others.get()
                                            + ", and migrations of it would fail: ALTER ... OWNER TO the worker's role,"
                                            + " or to one of which it is a member"));
                }
                content = HomeContent.read(session);
            }
            return new Look(content, judge.of(candidate.home(), content));
        }
    }
}

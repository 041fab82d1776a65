package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.reference.KeptReferences;
import io.tenantry.worker.engine.reference.ReferenceStore;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.adopt.AdoptionFinding.State;
import io.tenantry.worker.operator.home.LeasedServers;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.registry.RegisteredHome;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The work at one home after another: a look, the judgement, and what is written. For one thread. */
final class HomeWork {
    private final AdoptionTerms terms;
    private final DatabaseSettings database;
    private final MigrationCatalog catalog;
    private final VersionChoice choice;
    private final LeasedServers servers;
    private final Registered registered;
    private final ReferenceStore store;
    private final Enrolment enrolment;
    private final Map<String, Judge> judges = new HashMap<>();

    HomeWork(
            AdoptionTerms terms,
            DatabaseSettings database,
            MigrationCatalog catalog,
            LeasedServers servers,
            Registered registered,
            ReferenceStore store)
            throws OperationFailedException {
        this.terms = terms;
        this.database = database;
        this.catalog = catalog;
        this.servers = servers;
        this.registered = registered;
        this.store = store;
        this.choice = new VersionChoice(catalog, terms);
        this.enrolment = new Enrolment(catalog);
    }

    /**
     * A look into one home.
     *
     * @param content null if it was refused before it was read
     */
    private record Look(@Nullable HomeContent content, Judgement judgement) {}

    /** Tells the listener what becomes of the home, or adds its row to those that are to be written. */
    void at(Candidate candidate, NewRows rows, Adoption.Listener listener) throws OperationFailedException {
        Server server = servers.server(candidate.home().server());
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
            listener.found(
                    AdoptionFinding.of(candidate, State.UNREADABLE, FailureMessage.of(failure) + "; run this again"));
            return;
        }
        if (outcome.row() == null) {
            listener.found(AdoptionFinding.of(candidate, State.UNREADABLE, outcome.obstacle()));
        } else {
            rows.add(outcome.row(), finding);
        }
    }

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
                                "the worker's role does not own " + others.get()
                                        + ", and migrations of it would fail: ALTER ... OWNER TO the worker's role, or to one"
                                        + " of which it is a member"));
            }
            content = HomeContent.read(session);
            // Not reset as a whole: the session keeps its prepared queries, whose planning is half of a look.
            Sql.execute(session.connection(), "RESET lock_timeout");
            session.restored();
        }
        return new Look(content, judge(server).of(candidate.home(), content));
    }

    private Judge judge(Server server) {
        return judges.computeIfAbsent(
                server.name(),
                name -> new Judge(
                        database,
                        catalog,
                        choice,
                        server,
                        new KeptReferences(catalog, server, database.allow(), store)));
    }
}

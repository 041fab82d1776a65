package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.reference.KeptReferences;
import io.tenantry.worker.engine.reference.ReferenceStore;
import io.tenantry.worker.operator.adopt.AdoptionFinding.State;
import io.tenantry.worker.operator.home.LeasedServers;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.DatabaseRefusedException;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.RegisteredHome;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The work at one home: a look, the judgement, and what is written. Safe for use by many threads, each with another home. */
final class HomeWork {
    private final AdoptionTerms terms;
    private final DatabaseSettings database;
    private final MigrationCatalog catalog;
    private final VersionChoice choice;
    private final LeasedServers servers;
    private final Registered registered;
    private final ReferenceStore store;
    private final Enrolment enrolment;
    private final Map<String, Judge> judges = new ConcurrentHashMap<>();

    HomeWork(
            AdoptionTerms terms,
            DatabaseSettings database,
            MigrationCatalog catalog,
            LeasedServers servers,
            Registered registered,
            ReferenceStore store)
            throws UnknownVersionException {
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
     * What came of one home.
     *
     * @param row to be written into the registry; null if the home was not adopted
     */
    record Worked(AdoptionFinding finding, @Nullable RegisteredHome row) {
        static Worked not(AdoptionFinding finding) {
            return new Worked(finding, null);
        }
    }

    /** Waits for a connection; never fails because of the home. */
    Worked at(Candidate candidate) {
        String server = candidate.home().server();
        try {
            return servers.withConnection(server, leased -> at(candidate, leased));
        } catch (SQLException failure) {
            return Worked.not(AdoptionFinding.of(
                    candidate, State.UNREADABLE, FailureMessage.of(failure) + advice(candidate, failure)));
        }
    }

    private static String advice(Candidate candidate, SQLException failure) {
        if (failure instanceof DatabaseRefusedException refused && !refused.isMissing()) {
            String name = Identifiers.quote(candidate.home().location());
            return "; GRANT CONNECT ON DATABASE " + name + " to the worker's role, or ALTER DATABASE " + name
                    + " ALLOW_CONNECTIONS true; leave it out if it is no tenant's";
        }
        return SqlFailure.of(failure) == SqlFailure.PERMANENT
                ? "; correct this, and run this again"
                : "; run this again";
    }

    private Worked at(Candidate candidate, Server server) throws SQLException {
        TenantHome home = candidate.home();
        Judge judge = judge(server);
        if (!terms.writes()) {
            return Worked.not(judge.of(candidate, look(candidate, server)).of(candidate));
        }
        @Nullable RegisteredHome known = registered.of(String.valueOf(home.tenant())).orElse(null);
        Enrolment.Outcome outcome = enrolment.write(server, home, content -> judge.atOnce(candidate, content), known);
        if (outcome.judgement() == null) {
            HomeContent first = Objects.requireNonNull(outcome.content());
            Judgement judgement = judge.of(candidate, first);
            if (judgement.state() != State.ADOPTABLE) {
                return Worked.not(judgement.of(candidate));
            }
            outcome = enrolment.write(
                    server,
                    home,
                    content -> Optional.of(content.isSame(first) ? judgement : Enrolment.changed()),
                    known);
        }
        return new Worked(Objects.requireNonNull(outcome.judgement()).of(candidate), outcome.row());
    }

    private static HomeContent look(Candidate candidate, Server server) throws SQLException {
        try (HomeSession session = HomeSession.open(server, candidate.home())) {
            session.changed();
            Sql.execute(
                    session.connection(),
                    "SET lock_timeout = " + session.timeouts().lock().toMillis());
            HomeContent content = HomeContent.read(session);
            // Not reset as a whole: the session keeps its prepared queries, whose planning is half of a look.
            Sql.execute(session.connection(), "RESET lock_timeout");
            session.restored();
            return content;
        }
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

package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.drift.ComparableSnapshot;
import io.tenantry.worker.drift.Comparison;
import io.tenantry.worker.drift.DriftDifference;
import io.tenantry.worker.drift.check.Spellings;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.AdoptableHistory;
import io.tenantry.worker.engine.history.AppliedPath;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.reference.References;
import io.tenantry.worker.engine.reference.References.Answer;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.operator.adopt.AdoptionFinding.State;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says what a home is, by what was read there: its own history, or a comparison with what the migrations make. Safe for use by
 * many threads.
 */
final class Judge {
    private final DatabaseSettings database;
    private final MigrationCatalog catalog;
    private final VersionChoice choice;
    private final Server server;
    private final References references;
    private final Spellings spellings = new Spellings();

    /**
     * @param server of the homes
     * @param references of this server
     */
    Judge(
            DatabaseSettings database,
            MigrationCatalog catalog,
            VersionChoice choice,
            Server server,
            References references) {
        this.server = server;
        this.database = database;
        this.catalog = catalog;
        this.choice = choice;
        this.references = references;
    }

    /** The caller has no connection of the home's server open. */
    Judgement of(Candidate candidate, HomeContent content) throws SQLException {
        Optional<Judgement> decided = withoutComparison(candidate, content);
        return decided.isPresent() ? decided.get() : byComparison(candidate.home(), content);
    }

    /** The same without a connection. Empty if that does not do: a reference must be made first, or a definition. */
    Optional<Judgement> atOnce(Candidate candidate, HomeContent content) {
        Optional<Judgement> decided = withoutComparison(candidate, content);
        if (decided.isPresent()) {
            return decided;
        }
        TenantHome home = candidate.home();
        VersionChoice.Chosen.Version chosen = chosen(content);
        for (History history : histories(home, content, chosen)) {
            Optional<Answer> answer = references.known(home, AppliedPath.of(history, catalog, home));
            if (answer.isEmpty()) {
                // The first history that fits is the right one, so a later one must not be taken before it.
                return Optional.empty();
            }
            if (answer.get() instanceof Answer.Found reference
                    && spellings.known(compare(reference, content)).isEmpty()) {
                return Optional.of(adoptable(chosen, history, content));
            }
        }
        return Optional.empty();
    }

    private Optional<Judgement> withoutComparison(Candidate candidate, HomeContent content) {
        if (content.obstacle() != null) {
            return Optional.of(content.obstacle());
        }
        if (content.history() != null) {
            Judgement judgement = byHistory(candidate.home(), content.rows());
            // Of a marked home the row is ours: an earlier run compared it.
            boolean isBelieved = content.catalog() == null || Admission.isMarked(candidate);
            return isBelieved || judgement.state() != State.ADOPTABLE ? Optional.of(judgement) : Optional.empty();
        }
        return choice.of(content.revisions(), content.unknown()) instanceof VersionChoice.Chosen.None none
                ? Optional.of(Judgement.not(State.UNKNOWN_VERSION, none.source(), none.reason()))
                : Optional.empty();
    }

    /** Those that the home may have, or be given. */
    private List<History> histories(TenantHome home, HomeContent content, VersionChoice.Chosen.Version chosen) {
        return content.history() != null
                ? List.of(content.rows())
                : AdoptableHistory.at(catalog, home, chosen.version());
    }

    private static Judgement adoptable(VersionChoice.Chosen.Version chosen, History history, HomeContent content) {
        return Judgement.adoptable(chosen.source(), history, content.history() == null);
    }

    private Judgement byHistory(TenantHome home, History history) {
        Optional<String> fault = AdoptableHistory.fault(catalog, home, history);
        String source = VersionTable.FLYWAY.table();
        return fault.isPresent()
                ? Judgement.not(State.REFUSED, source, fault.get())
                : Judgement.adoptable(source, history, false);
    }

    private Judgement byComparison(TenantHome home, HomeContent content) throws SQLException {
        VersionChoice.Chosen.Version chosen = chosen(content);
        @Nullable List<DriftDifference> fewest = null;
        String reason = "";
        for (History history : histories(home, content, chosen)) {
            Answer answer = references.at(home, AppliedPath.of(history, catalog, home), References.Freshness.KEPT);
            if (answer instanceof Answer.Found reference) {
                Comparison comparison = spellings.same(server, home, compare(reference, content));
                if (comparison.isEmpty()) {
                    return adoptable(chosen, history, content);
                }
                List<DriftDifference> differences = comparison.differences();
                fewest = fewest == null || differences.size() < fewest.size() ? differences : fewest;
            } else {
                reason = ((Answer.Unavailable) answer).reason();
            }
        }
        return fewest == null
                ? Judgement.not(
                        State.UNREADABLE,
                        chosen.source(),
                        "what version " + chosen.version() + " makes cannot be shown here: " + reason)
                : Judgement.different(chosen.version(), chosen.source(), fewest);
    }

    private VersionChoice.Chosen.Version chosen(HomeContent content) {
        return content.history() == null
                ? (VersionChoice.Chosen.Version) choice.of(content.revisions(), content.unknown())
                : new VersionChoice.Chosen.Version(
                        String.valueOf(content.rows().version()), VersionTable.FLYWAY.table() + ", a baseline alone");
    }

    private Comparison compare(Answer.Found reference, HomeContent content) {
        return Comparison.of(comparable(reference.filled()), comparable(Objects.requireNonNull(content.catalog())));
    }

    private ComparableSnapshot comparable(CatalogSnapshot snapshot) {
        return ComparableSnapshot.of(
                snapshot, database.isolation(), database.drift().exclude());
    }
}

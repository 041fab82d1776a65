package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.drift.ComparableSnapshot;
import io.tenantry.worker.drift.Comparison;
import io.tenantry.worker.drift.DriftDifference;
import io.tenantry.worker.drift.Wording;
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

/** Says what a home is, by what was read there: its own history, or a comparison with what the migrations make. */
final class Judge {
    private final DatabaseSettings database;
    private final MigrationCatalog catalog;
    private final VersionChoice choice;
    private final Server server;
    private final References references;

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
    Judgement of(TenantHome home, HomeContent content) throws SQLException {
        if (content.history() != null) {
            return byHistory(home, content.rows());
        }
        if (content.locked()) {
            return Judgement.not(
                    State.UNREADABLE,
                    null,
                    "Liquibase has locked it (databasechangeloglock): run this again afterwards");
        }
        VersionChoice.Chosen chosen = choice.of(content.revisions());
        return chosen.version() == null
                ? Judgement.not(State.UNKNOWN_VERSION, chosen.source(), unknown(chosen.source()))
                : byComparison(
                        home,
                        Objects.requireNonNull(content.catalog()),
                        chosen.version(),
                        String.valueOf(chosen.source()));
    }

    private Judgement byHistory(TenantHome home, History history) {
        Optional<String> fault = AdoptableHistory.fault(catalog, home, history);
        String source = VersionTable.FLYWAY.table();
        return fault.isPresent()
                ? Judgement.not(State.REFUSED, source, fault.get())
                : Judgement.adoptable(source, history, false);
    }

    private static String unknown(@Nullable String source) {
        return source == null
                ? "nothing says at which version it is: give --baseline-version, or leave it out if it is no tenant's"
                : "nothing says which version " + source + " is: give --map REVISION=VERSION, or --baseline-version";
    }

    private Judgement byComparison(TenantHome home, CatalogSnapshot found, String version, String source)
            throws SQLException {
        @Nullable List<DriftDifference> fewest = null;
        String reason = "";
        for (History history : AdoptableHistory.at(catalog, home, version)) {
            Answer answer = references.at(home, AppliedPath.of(history, catalog, home), References.Freshness.KEPT);
            if (answer instanceof Answer.Found reference) {
                Comparison comparison =
                        Spellings.same(server, home, Comparison.of(comparable(reference.filled()), comparable(found)));
                if (comparison.isEmpty()) {
                    return Judgement.adoptable(source, history, true);
                }
                List<DriftDifference> differences = comparison.differences();
                fewest = fewest == null || differences.size() < fewest.size() ? differences : fewest;
            } else {
                reason = ((Answer.Unavailable) answer).reason();
            }
        }
        return fewest == null
                ? Judgement.not(
                        State.UNREADABLE, source, "what version " + version + " makes cannot be shown here: " + reason)
                : Judgement.different(
                        version, source, fewest.stream().map(Wording::of).toList());
    }

    private ComparableSnapshot comparable(CatalogSnapshot snapshot) {
        return ComparableSnapshot.of(
                snapshot, database.isolation(), database.drift().exclude());
    }
}

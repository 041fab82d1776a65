package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.CustomSettingFunctions;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.flyway.NonTransactionalScriptFinder;
import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.postgres.connection.Server;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds the scripts that may be applied by plan: on a scratch home, plan and Flyway must have the same result. If
 * anything fails here, more scripts go through Flyway; nothing else happens. Logs nothing: {@link VerificationLog} does.
 */
public final class PlanVerifier {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final MigrationCatalog catalog;
    private final Server server;
    private final Set<VerificationWarning> warnings = new LinkedHashSet<>();

    private PlanVerifier(MigrationCatalog catalog, Server server) {
        this.catalog = catalog;
        this.server = server;
    }

    /**
     * Tries the scripts of a catalog on a scratch schema of this server. Takes about a minute at most, and longer only if
     * single scripts do.
     *
     * @param allow scripts, by their names in the history, that may reach outside the schema
     * @param warn takes at the end, in this thread, what the owner should know, also if the start is refused
     * @throws MigrationsRefusedException if another script reaches outside the schema
     */
    public static PlanVerification verify(
            MigrationCatalog catalog, Server server, Set<String> allow, Consumer<VerificationWarning> warn) {
        PlanVerifier verifier = new PlanVerifier(catalog, server);
        try {
            return verifier.verify(allow);
        } finally {
            verifier.warnings.forEach(warn);
        }
    }

    /**
     * Finds what can be known about the scripts of a catalog without running one. No script gets a plan.
     *
     * @param warn takes at the end, in this thread, what the owner should know
     */
    public static PlanVerification read(MigrationCatalog catalog, Server server, Consumer<VerificationWarning> warn) {
        PlanVerifier verifier = new PlanVerifier(catalog, server);
        PlanVerification verification = verifier.read();
        verifier.warnings.forEach(warn);
        return verification;
    }

    private PlanVerification verify(Set<String> allow) {
        long begun = System.nanoTime();
        ExcludedScripts excluded = new ExcludedScripts();
        while (true) {
            try {
                return tryOut(allow, excluded, begun);
            } catch (MigrationsRefusedException refusal) {
                throw refusal;
            } catch (TooMuchSentException failure) {
                if (!excluded.add(failure)) {
                    return untried(new VerificationWarning.NotTried(failure));
                }
                warn(new VerificationWarning.SentTooMuch(String.valueOf(failure.getMessage())));
            } catch (SQLException | RuntimeException failure) {
                return untried(new VerificationWarning.NotTried(failure));
            }
        }
    }

    private PlanVerification tryOut(Set<String> allow, ExcludedScripts excluded, long begun) throws SQLException {
        try (Scratch scratch = Scratch.open(server, catalog.database())) {
            CustomSettingFunctions customSettings =
                    CustomSettingFunctions.of(scratch.session().connection(), catalog);
            CatalogTrial trial =
                    new CatalogTrial(catalog, scratch, allow, excluded, this::warn, begun + LONGEST.toNanos());
            Plans plans = trial.run();
            return new PlanVerification.Tried(
                    plans.with(customSettings), trial.refused(), Duration.ofNanos(System.nanoTime() - begun));
        }
    }

    private PlanVerification read() {
        try (Scratch scratch = Scratch.open(server, catalog.database())) {
            Map<String, NonTransactionalScript> outside = PlanCandidates.of(
                            catalog, scratch, StatementObservers.everywhere())
                    .plans()
                    .outside();
            CustomSettingFunctions customSettings =
                    CustomSettingFunctions.of(scratch.session().connection(), catalog);
            return new PlanVerification.Untried(Plans.of(outside, customSettings));
        } catch (SQLException | RuntimeException failure) {
            return untried(new VerificationWarning.NotRead(failure));
        }
    }

    /** What the texts of the scripts show stays true: a script outside a transaction needs care also without plans. */
    private PlanVerification untried(VerificationWarning warning) {
        warn(warning);
        return new PlanVerification.Untried(
                Plans.of(NonTransactionalScriptFinder.of(catalog, server.name()), CustomSettingFunctions.UNKNOWN));
    }

    /** A trial that goes on may find more objects that a script reaches: the last warning about them counts. */
    private void warn(VerificationWarning warning) {
        if (warning instanceof VerificationWarning.ReachesOutside later) {
            warnings.removeIf(earlier -> earlier instanceof VerificationWarning.ReachesOutside reaches
                    && reaches.script().equals(later.script()));
        }
        warnings.add(warning);
    }
}

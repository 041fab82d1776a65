package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.CustomSettingFunctions;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.flyway.NonTransactionalScriptFinder;
import io.tenantry.worker.engine.history.MigrationState;
import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.postgres.connection.Server;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the scripts that may be applied by plan: on a scratch home, plan and Flyway must have the same result. If
 * anything fails here, more scripts go through Flyway; nothing else happens.
 */
public final class PlanVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(PlanVerifier.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MigrationCatalog catalog;
    private final Scratch scratch;
    private final List<Migration> migrations;
    private final PlanCandidates candidates;
    private final SchemaBoundaryCheck boundary;
    private final long endNanos;
    private final Set<String> warned = new HashSet<>();
    private final Set<String> marked = new HashSet<>();
    private final SchemaBoundaryReport report;

    /** @param begun when the start began with it, as {@link System#nanoTime} */
    private PlanVerifier(
            MigrationCatalog catalog, Scratch scratch, StatementObservers readers, Set<String> allow, long begun)
            throws SQLException {
        this.endNanos = begun + PATIENCE.toNanos();
        this.catalog = catalog;
        this.scratch = scratch;
        this.migrations = catalog.migrationsFor(scratch.home());
        this.candidates = PlanCandidates.of(catalog, scratch, readers);
        this.boundary = new SchemaBoundaryCheck(
                scratch, candidates.statements(), candidates.plans().outside().keySet(), allow);
        this.report = new SchemaBoundaryReport(catalog.database(), boundary, allow);
    }

    /**
     * The catalog with the plans that are proven on a scratch schema of this server.
     *
     * @param allow scripts, by their names in the history, that may reach outside the schema
     * @throws MigrationsRefusedException if another script reaches outside the schema
     */
    public static MigrationCatalog of(MigrationCatalog catalog, Server server, Set<String> allow) {
        long begun = System.nanoTime();
        ExcludedScripts leftOut = new ExcludedScripts();
        while (true) {
            try {
                return proven(catalog, server, allow, leftOut, begun);
            } catch (MigrationsRefusedException refusal) {
                throw refusal;
            } catch (TooMuchSentException failure) {
                if (!leftOut.add(failure)) {
                    return unproven(catalog, server, failure);
                }
                LOG.warn(
                        "database {}: {}; the trial begins again, and ends before it",
                        catalog.database(),
                        failure.getMessage());
            } catch (SQLException | RuntimeException failure) {
                return unproven(catalog, server, failure);
            }
        }
    }

    private static MigrationCatalog proven(
            MigrationCatalog catalog, Server server, Set<String> allow, ExcludedScripts leftOut, long begun)
            throws SQLException {
        try (Scratch scratch = Scratch.open(server, catalog.database())) {
            CustomSettingFunctions spoilers = CustomSettingFunctions.of(scratch.connection(), catalog);
            StatementObservers readers = StatementObservers.of(scratch, catalog.database());
            PlanVerifier verifier = new PlanVerifier(catalog, scratch, readers, allow, begun);
            verifier.boundary.leaveOut(leftOut);
            Plans plans = verifier.prove();
            verifier.log(plans, Duration.ofNanos(System.nanoTime() - begun));
            return catalog.with(plans.with(spoilers));
        }
    }

    /** What is in the scripts' texts stays true: those that run outside a transaction need care, whoever runs them. */
    private static MigrationCatalog unproven(MigrationCatalog catalog, Server server, Exception failure) {
        LOG.warn(
                "database {}: plans could not be tried out ({}); all migrations go through Flyway, which is slower",
                catalog.database(),
                String.valueOf(failure.getMessage()).lines().findFirst().orElse(""),
                failure instanceof SQLException || failure instanceof FlywayException ? null : failure);
        return withoutPlans(
                catalog, NonTransactionalScriptFinder.of(catalog, server.name()), CustomSettingFunctions.UNKNOWN);
    }

    private static MigrationCatalog withoutPlans(
            MigrationCatalog catalog, Map<String, NonTransactionalScript> outside, CustomSettingFunctions spoilers) {
        warnOfOutside(catalog, outside);
        return catalog.with(Plans.of(outside, spoilers));
    }

    /** The catalog with what can be known without running a script. */
    public static MigrationCatalog read(MigrationCatalog catalog, Server server) {
        try (Scratch scratch = Scratch.open(server, catalog.database())) {
            return withoutPlans(
                    catalog,
                    PlanCandidates.of(catalog, scratch, StatementObservers.everywhere())
                            .plans()
                            .outside(),
                    CustomSettingFunctions.of(scratch.connection(), catalog));
        } catch (SQLException | RuntimeException failure) {
            LOG.warn("database {}: its scripts could not be read beforehand", catalog.database(), failure);
            return withoutPlans(
                    catalog, NonTransactionalScriptFinder.of(catalog, server.name()), CustomSettingFunctions.UNKNOWN);
        }
    }

    private Plans prove() throws SQLException {
        List<Migration> path = MigrationState.forNewHome(migrations, null);
        Set<String> proven = new HashSet<>();
        refuseTrespassers(path);
        PathVerifier ofPath = prove(path, proven);
        List<Migration> others =
                migrations.stream().filter(migration -> !migration.isBaseline()).toList();
        if (others.stream().anyMatch(migration -> MigrationState.isBelowBaseline(migration, migrations))) {
            // Tenants that were there before the baseline go this way, which must hold too.
            Set<String> alsoProven = new HashSet<>();
            refuseTrespassers(others);
            prove(others, alsoProven);
            Set<String> shared = new HashSet<>();
            others.forEach(migration -> shared.add(migration.script()));
            shared.retainAll(path.stream().map(Migration::script).toList());
            proven.removeIf(script -> shared.contains(script) && !alsoProven.contains(script));
            alsoProven.removeIf(script -> shared.contains(script) && !proven.contains(script));
            proven.addAll(alsoProven);
        }
        candidates.refuseAllBut(proven, "it was not reached");
        return candidates.proven(ofPath.atOnce());
    }

    private void refuseTrespassers(List<Migration> path) throws SQLException {
        scratch.drop();
        boundary.tryAll(path);
        refuse();
    }

    private void refuse() {
        report.refuse();
        boundary.commenting().stream()
                .filter(marked::add)
                .forEach(script -> candidates.putBackMark(script, scratch.home().markSql()));
    }

    /** Adds the scripts of the path that are proven. */
    private PathVerifier prove(List<Migration> path, Set<String> proven) throws SQLException {
        ScratchRun scratchRun = new ScratchRun(catalog, scratch, boundary, path, endNanos);
        // First of all: it tries what Flyway then does in earnest.
        ScratchRun.Result planned = scratchRun.byPlan(candidates, SchemaStateReader.WHOLE);
        refuse();
        ScratchRun.Result flyway = scratchRun.byFlyway(SchemaStateReader.WHOLE);
        warn(flyway.failure());
        PathVerifier verifier = new PathVerifier(scratchRun, candidates, planned.states(), flyway.states());
        verifier.prove(proven);
        return verifier;
    }

    private void warn(@Nullable ResultError failure) {
        if (failure != null && warned.add(String.valueOf(failure.migration()))) {
            LOG.warn(
                    "database {}: {}{} ({}); it will fail for new tenants too: correct it",
                    catalog.database(),
                    failure.message(),
                    failure.line() == null ? "" : " (line " + failure.line() + ")",
                    failure.sqlState());
        }
    }

    private static void warnOfOutside(MigrationCatalog catalog, Map<String, NonTransactionalScript> outside) {
        outside.values().forEach(script -> warn(catalog, script));
    }

    private static void warn(MigrationCatalog catalog, NonTransactionalScript script) {
        if (!script.canRunAgain()) {
            LOG.warn(
                    "database {}: {} runs outside a transaction and has {} statements, which cannot be run again when one"
                            + " of them fails: put each into a script of its own, or write IF NOT EXISTS",
                    catalog.database(),
                    script.script(),
                    script.statements().size());
        }
        if (script.leavesUnknownIndexes()) {
            LOG.warn(
                    "database {}: {} makes an index CONCURRENTLY without giving it a name: a try that is broken off leaves"
                            + " an invalid one that the next does not find; drop it by hand then, or give it a name",
                    catalog.database(),
                    script.script());
        }
    }

    private void log(Plans plans, Duration took) {
        LOG.info(
                "database {}: {} of {} migrations are applied by plan, those of new tenants {}; tried out in {} ms",
                catalog.database(),
                plans.steps().size(),
                catalog.size(),
                plans.atOnce() ? "in one transaction" : "one by one",
                took.toMillis());
        warnOfOutside(catalog, plans.outside());
        candidates
                .reasons()
                .forEach((script, reason) ->
                        LOG.info("database {}: {} goes through Flyway: {}", catalog.database(), script, reason));
    }
}

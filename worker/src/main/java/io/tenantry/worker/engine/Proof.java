package io.tenantry.worker.engine;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.Server;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which scripts may be applied by plan: those that leave on a scratch home exactly what Flyway leaves there.
 * Whatever goes wrong here only means that more goes through Flyway.
 */
public final class Proof {
    private static final Logger LOG = LoggerFactory.getLogger(Proof.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** How many scripts may turn out to have no plan by what they leave: the walk begins anew after each. */
    private static final int WALKS = 6;

    private final MigrationCatalog catalog;
    private final Scratch scratch;
    private final Candidates candidates;
    private final Instant end = Instant.now().plus(PATIENCE);
    private final Set<String> warned = new HashSet<>();

    private Proof(MigrationCatalog catalog, Scratch scratch) throws SQLException {
        this.catalog = catalog;
        this.scratch = scratch;
        this.candidates = Candidates.of(catalog, scratch);
    }

    /** The catalog with the plans that are proven on a scratch schema of this server. */
    public static MigrationCatalog of(MigrationCatalog catalog, Server server) {
        long start = System.nanoTime();
        try (Scratch scratch = Scratch.open(server, catalog.database())) {
            Proof proof = new Proof(catalog, scratch);
            Plans plans = proof.prove();
            proof.log(plans, Duration.ofNanos(System.nanoTime() - start));
            return catalog.with(plans);
        } catch (SQLException | RuntimeException failure) {
            LOG.warn(
                    "database {}: plans could not be tried out ({}); all migrations go through Flyway, which is slower",
                    catalog.database(),
                    String.valueOf(failure.getMessage()).lines().findFirst().orElse(""),
                    failure instanceof SQLException || failure instanceof FlywayException ? null : failure);
            return catalog;
        }
    }

    private Plans prove() throws SQLException {
        List<Migration> path = Standing.forNewHome(catalog.migrations(), null);
        Set<String> proven = new HashSet<>();
        boolean atOnce = prove(path, proven);
        if (!catalog.baselines().isEmpty()) {
            // Tenants that were there before the baseline go this way, which must hold too.
            List<Migration> others = catalog.migrations().stream()
                    .filter(migration -> !migration.isBaseline())
                    .toList();
            Set<String> alsoProven = new HashSet<>();
            prove(others, alsoProven);
            Set<String> shared = new HashSet<>();
            others.forEach(migration -> shared.add(migration.script()));
            shared.retainAll(path.stream().map(Migration::script).toList());
            proven.removeIf(script -> shared.contains(script) && !alsoProven.contains(script));
            alsoProven.removeIf(script -> shared.contains(script) && !proven.contains(script));
            proven.addAll(alsoProven);
        }
        candidates.refuseAllBut(proven, "it was not reached");
        return new Plans(
                candidates.plans().steps(),
                atOnce && candidates.plans().all(path).isPresent());
    }

    /** Adds the scripts of the path that are proven; says whether all of them may be applied in one transaction. */
    private boolean prove(List<Migration> path, Set<String> proven) throws SQLException {
        Walk walk = new Walk(catalog, scratch, path, end);
        Walk.Trail flyway = walk.byFlyway();
        warn(flyway.failure());
        @Nullable Set<String> volatileColumns = null;
        for (int walks = 0; walks < WALKS; walks++) {
            Walk.Trail planned = walk.byPlan(candidates);
            if (volatileColumns == null && differ(planned.stages(), flyway.stages(), Set.of()) >= 0) {
                volatileColumns =
                        volatileColumns(flyway.stages(), walk.byFlyway().stages());
            }
            Set<String> ignored = volatileColumns == null ? Set.of() : volatileColumns;
            int differs = differ(planned.stages(), flyway.stages(), ignored);
            int same = differs < 0
                    ? Math.min(planned.stages().size(), flyway.stages().size())
                    : differs;
            if (differs < 0 || !candidates.has(path.get(differs)) || walks == WALKS - 1) {
                path.subList(0, same).stream()
                        .filter(candidates::has)
                        .forEach(migration -> proven.add(migration.script()));
                return same == path.size() && atOnce(walk, flyway.stages().get(same - 1), ignored);
            }
            candidates.refuse(path.get(differs), "its plan leaves something else than Flyway");
        }
        return false;
    }

    private boolean atOnce(Walk walk, Stage expected, Set<String> volatileColumns) throws SQLException {
        Optional<List<PlannedScript>> all = candidates.plans().all(walk.path());
        return all.isPresent()
                && walk.atOnce(all.get())
                        .filter(stage -> stage.isLike(expected, volatileColumns))
                        .isPresent();
    }

    /** The first stage at which they differ; -1 if none, as far as both go. */
    private static int differ(List<Stage> planned, List<Stage> flyway, Set<String> volatileColumns) {
        for (int i = 0; i < Math.min(planned.size(), flyway.size()); i++) {
            if (!planned.get(i).isLike(flyway.get(i), volatileColumns)) {
                return i;
            }
        }
        return -1;
    }

    /** What two runs of Flyway fill differently, as with now() and random(). */
    private static Set<String> volatileColumns(List<Stage> once, List<Stage> again) {
        Set<String> columns = new HashSet<>();
        for (int i = 0; i < Math.min(once.size(), again.size()); i++) {
            columns.addAll(once.get(i).columnsThatDiffer(again.get(i)));
        }
        return columns;
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

    private void log(Plans plans, Duration took) {
        LOG.info(
                "database {}: {} of {} migrations are applied by plan, those of new tenants {}; tried out in {} ms",
                catalog.database(),
                plans.steps().size(),
                catalog.size(),
                plans.atOnce() ? "in one transaction" : "one by one",
                took.toMillis());
        candidates
                .reasons()
                .forEach((script, reason) ->
                        LOG.info("database {}: {} goes through Flyway: {}", catalog.database(), script, reason));
    }
}

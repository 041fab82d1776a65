package io.tenantry.worker.engine;

import io.tenantry.worker.engine.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.Server;
import io.tenantry.worker.postgres.SessionTimeouts;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which scripts may be applied by plan: those that leave on a scratch home exactly what Flyway leaves there.
 * Whatever goes wrong here only means that more goes through Flyway.
 */
public final class Proof {
    private static final Logger LOG = LoggerFactory.getLogger(Proof.class);

    private final MigrationCatalog catalog;
    private final Scratch scratch;
    private final SessionTimeouts timeouts;
    private final Map<String, String> unplanned = new LinkedHashMap<>();

    private Proof(MigrationCatalog catalog, Scratch scratch) {
        this.catalog = catalog;
        this.scratch = scratch;
        this.timeouts = new SessionTimeouts(scratch.session().timeouts().lock(), Duration.ofSeconds(30));
    }

    /** The catalog with the plans that are proven on a scratch schema of this server. */
    public static MigrationCatalog of(MigrationCatalog catalog, Server server) {
        long start = System.nanoTime();
        try (Scratch scratch = Scratch.open(server, catalog.database())) {
            Proof proof = new Proof(catalog, scratch);
            Plans plans = proof.prove();
            proof.log(plans, Duration.ofNanos(System.nanoTime() - start));
            return catalog.with(plans);
        } catch (SQLException | FlywayException failure) {
            LOG.warn(
                    "database {}: plans could not be tried out ({}); all migrations go through Flyway, which is slower",
                    catalog.database(),
                    String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
            return catalog;
        }
    }

    private Plans prove() throws SQLException {
        List<Migration> path = Standing.forNewHome(catalog.migrations(), null);
        Map<String, PlannedScript> candidates = candidates();
        List<Stage> planned = walk(path, candidates);
        scratch.drop();
        List<Stage> flyway = walkByFlyway();
        scratch.drop();
        Map<String, PlannedScript> proven = new HashMap<>();
        for (int i = 0; i < Math.min(planned.size(), flyway.size()); i++) {
            if (!planned.get(i).equals(flyway.get(i))) {
                unplanned.put(path.get(i).script(), "its plan leaves something else than Flyway");
                break;
            }
            PlannedScript script = candidates.get(path.get(i).script());
            if (script != null) {
                proven.put(script.migration().script(), script);
            }
        }
        Plans steps = new Plans(proven, false);
        Optional<List<PlannedScript>> all = steps.all(path);
        return new Plans(proven, all.isPresent() && atOnce(all.get(), flyway.get(flyway.size() - 1)));
    }

    private boolean atOnce(List<PlannedScript> scripts, Stage expected) throws SQLException {
        Planner planner = planner(Map.of(), List.of());
        boolean same = planner.create(scripts) == Planner.End.DONE && stage().equals(expected);
        scratch.drop();
        return same;
    }

    private Map<String, PlannedScript> candidates() throws SQLException {
        scratch.execute("BEGIN; CREATE SCHEMA " + scratch.home().schema());
        Recording recording = Recording.of(catalog, scratch.connection(), scratch);
        scratch.execute("ROLLBACK");
        Map<String, PlannedScript> candidates = new HashMap<>();
        for (Migration migration : catalog.migrations()) {
            List<String> statements = recording.statements().get(migration.script());
            Optional<String> reason = ScriptCheck.reason(
                    migration,
                    catalog.scripts().text(migration.script()),
                    recording,
                    catalog.scripts().names().contains(migration.script() + ".conf"));
            if (reason.isPresent() || statements == null) {
                unplanned.put(migration.script(), reason.orElse(""));
            } else {
                StringBuilder sql = new StringBuilder();
                statements.forEach(statement -> sql.append(statement).append("\n;\n"));
                candidates.put(migration.script(), new PlannedScript(migration, sql.toString(), scratch.names()));
            }
        }
        return candidates;
    }

    /** The stages that plans lead through, as far as they do. */
    private List<Stage> walk(List<Migration> path, Map<String, PlannedScript> candidates) throws SQLException {
        List<Stage> stages = new ArrayList<>();
        planner(Map.of(), List.of()).create(List.of());
        String traces = SessionTraces.of(scratch.connection());
        List<HistoryRow> rows = List.of();
        for (Migration migration : path) {
            Planner planner = planner(candidates, rows);
            if (planner.apply(List.of(migration)) != Planner.End.DONE) {
                candidates.remove(migration.script());
                break;
            }
            rows = planner.history().rows();
            stages.add(stage());
            if (!traces.equals(SessionTraces.of(scratch.connection()))) {
                candidates.remove(migration.script());
                unplanned.put(migration.script(), "it changes the session");
                break;
            }
        }
        return stages;
    }

    private List<Stage> walkByFlyway() throws SQLException {
        scratch.execute("CREATE SCHEMA " + scratch.home().schema());
        Watch watch = new Watch();
        FlywayEngine.configure(catalog, scratch.connection(), scratch.home())
                .callbacks(watch)
                .load()
                .migrate();
        watch.stages.add(stage());
        return watch.stages;
    }

    private Planner planner(Map<String, PlannedScript> candidates, List<HistoryRow> rows) {
        return new Planner(scratch.session(), timeouts, new Plans(candidates, false), new History(rows));
    }

    private Stage stage() throws SQLException {
        return Stage.of(scratch.connection(), scratch.home().schema());
    }

    private void log(Plans plans, Duration took) {
        LOG.info(
                "database {}: {} of {} migrations are applied by plan, new tenants {}; tried out in {} ms",
                catalog.database(),
                plans.steps().size(),
                catalog.size(),
                plans.atOnce() ? "in one transaction" : "step by step",
                took.toMillis());
        unplanned.forEach((script, reason) ->
                LOG.info("database {}: {} goes through Flyway: {}", catalog.database(), script, reason));
    }

    /** Takes the stage that the migration before has left. */
    private final class Watch implements Callback {
        private final List<Stage> stages = new ArrayList<>();
        private boolean first = true;

        @Override
        public boolean supports(Event event, @Nullable Context context) {
            return event == Event.BEFORE_EACH_MIGRATE;
        }

        @Override
        public boolean canHandleInTransaction(Event event, @Nullable Context context) {
            return true;
        }

        @Override
        public void handle(Event event, Context context) {
            try {
                if (!first) {
                    stages.add(stage());
                }
                first = false;
            } catch (SQLException failure) {
                throw new IllegalStateException(failure);
            }
        }

        @Override
        public String getCallbackName() {
            return "watch";
        }
    }
}

package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.catalog.Sources;
import io.tenantry.worker.engine.flyway.NonTransactionalScriptFinder;
import io.tenantry.worker.engine.flyway.StatementRecorder;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Reads all scripts of a catalog with Flyway, which runs none of their statements. */
final class ScriptRecording {
    private ScriptRecording() {}

    /**
     * Records the statements of each script. In a home without history Flyway begins at the newest baseline; the scripts
     * before it are read without it.
     */
    static StatementRecorder of(MigrationCatalog catalog, Scratch scratch) throws SQLException {
        Sources readable = catalog.sources().without(catalog.unreadable());
        StatementRecorder recording = record(readable, scratch);
        Set<String> baselines = catalog.baselines();
        if (!baselines.isEmpty()) {
            recording.add(record(readable.without(baselines), scratch));
        }
        return recording;
    }

    /** The scripts outside a transaction that Flyway did not reach, by their texts. */
    static Map<String, NonTransactionalScript> unrecorded(
            MigrationCatalog catalog, StatementRecorder recording, Scratch scratch) {
        Set<String> recorded = recording.statements().keySet();
        if (catalog.migrations().stream().allMatch(migration -> recorded.contains(migration.script()))) {
            return Map.of();
        }
        Map<String, NonTransactionalScript> byText = new HashMap<>(
                NonTransactionalScriptFinder.of(catalog, scratch.home().server()));
        byText.keySet().removeAll(recorded);
        return byText;
    }

    /** Goes on after a script that Flyway cannot begin. */
    private static StatementRecorder record(Sources sources, Scratch scratch) throws SQLException {
        StatementRecorder recording = recordOnce(sources, scratch);
        Set<String> done = new HashSet<>();
        String failed = recording.failed();
        while (!failed.isEmpty() && done.add(failed)) {
            done.addAll(recording.statements().keySet());
            StatementRecorder rest = recordOnce(sources.without(done), scratch);
            recording.add(rest);
            failed = rest.failed();
        }
        return recording;
    }

    private static StatementRecorder recordOnce(Sources sources, Scratch scratch) throws SQLException {
        scratch.session().execute("BEGIN");
        scratch.create();
        StatementRecorder recording =
                StatementRecorder.of(sources, scratch.session().connection(), scratch.home());
        scratch.session().execute("ROLLBACK");
        scratch.session().renew();
        return recording;
    }
}

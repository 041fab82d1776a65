package io.tenantry.worker.stack;

import java.time.Duration;
import java.util.List;

/** Shows that no database of a trial stays on a server where other tests have some too, for a moment each. */
public final class ScratchDatabases {
    private static final String ALL = "SELECT datname FROM pg_database WHERE datname LIKE 'tenantry_scratch%'";
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private ScratchDatabases() {}

    /** Asks the server; returns the first column. */
    @FunctionalInterface
    public interface Query {
        List<String> ask(String sql) throws Exception;
    }

    /** Waits until all that are there now are gone: one that was left is never dropped by the others. */
    public static void awaitNoneStays(Query query) throws Exception {
        List<String> now = query.ask(ALL);
        Await.until(
                DEADLINE,
                "the scratch databases " + now + " are gone",
                () -> query.ask(ALL).stream().noneMatch(now::contains));
    }
}

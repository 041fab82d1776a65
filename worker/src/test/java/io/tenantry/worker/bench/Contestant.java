package io.tenantry.worker.bench;

import java.time.Duration;
import java.util.List;

/** One way to do the work, in a database of its own. */
interface Contestant extends AutoCloseable {
    String name();

    /** Makes the next release's migration known. */
    void deploy();

    /** Whether it has a way to do this at all. */
    boolean does(Workload workload);

    /** Does it to all of these tenants, several at once, and returns when the last one is done. */
    Duration run(Workload workload, List<String> tenants);

    @Override
    void close();
}

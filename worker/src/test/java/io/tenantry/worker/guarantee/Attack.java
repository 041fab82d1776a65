package io.tenantry.worker.guarantee;

/** What is done to workers and servers while the load runs. */
@FunctionalInterface
interface Attack {
    void on(Trial trial);
}

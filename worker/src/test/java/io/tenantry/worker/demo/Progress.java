package io.tenantry.worker.demo;

/** How far a task of a known length is. */
public interface Progress extends AutoCloseable {
    /** One more is done. */
    void step();

    @Override
    void close();
}

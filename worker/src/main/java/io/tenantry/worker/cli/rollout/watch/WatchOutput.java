package io.tenantry.worker.cli.rollout.watch;

import io.tenantry.worker.operator.rollout.RolloutLook;

/** Where a watched rollout is shown. For one thread, and {@link #close} for any. */
interface WatchOutput extends AutoCloseable {
    /** Shows a look; what has not changed since the last one may be left out. */
    void show(RolloutLook look);

    /** Says something about the watch itself. */
    void say(String text);

    /** Leaves the terminal as it was, and shows nothing more; safe to call twice. */
    @Override
    void close();
}

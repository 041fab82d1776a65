/** Snapshots of what a schema defines and of its rows, and the differences between two of them. */
@NullMarked
package io.tenantry.worker.engine.snapshot;

import org.jspecify.annotations.NullMarked;

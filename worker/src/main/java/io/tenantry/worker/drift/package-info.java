/** Compares what a home defines with what its migrations make, and says in words what differs. */
@NullMarked
package io.tenantry.worker.drift;

import org.jspecify.annotations.NullMarked;

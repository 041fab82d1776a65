/** One serial lane for each tenant on a bounded executor, with retries that hold neither thread nor connection. */
@NullMarked
package io.tenantry.worker.lane;

import org.jspecify.annotations.NullMarked;

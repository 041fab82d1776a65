/** How much work waits in the partitions of this worker: the gauge to scale by. */
@NullMarked
package io.tenantry.worker.intake.backlog;

import org.jspecify.annotations.NullMarked;

/** The partitions of this worker, and which of their offsets are settled. */
@NullMarked
package io.tenantry.worker.intake.offsets;

import org.jspecify.annotations.NullMarked;

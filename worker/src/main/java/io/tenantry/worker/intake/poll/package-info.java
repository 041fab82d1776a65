/** Polls so that a partition that cannot be read does not stop the others. */
@NullMarked
package io.tenantry.worker.intake.poll;

import org.jspecify.annotations.NullMarked;

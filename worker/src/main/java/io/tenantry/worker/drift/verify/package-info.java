/** Compares homes before the results of requests. */
@NullMarked
package io.tenantry.worker.drift.verify;

import org.jspecify.annotations.NullMarked;

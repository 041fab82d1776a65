/** Writes what looks at homes have found into the registry. */
@NullMarked
package io.tenantry.worker.drift.record;

import org.jspecify.annotations.NullMarked;

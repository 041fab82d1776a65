/** Looks at homes on their servers and judges whether they drifted. */
@NullMarked
package io.tenantry.worker.drift.check;

import org.jspecify.annotations.NullMarked;

/** The idempotent units of work on one tenant's home. A step returns a result; it never publishes. */
@NullMarked
package io.tenantry.worker.step;

import org.jspecify.annotations.NullMarked;

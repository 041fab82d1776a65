/** Homes in schemas, in databases of their own, and shared ones. */
@NullMarked
package io.tenantry.worker.isolation;

import org.jspecify.annotations.NullMarked;

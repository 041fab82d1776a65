/** Measures the limits of servers and databases for a command. */
@NullMarked
package io.tenantry.worker.operator.limits;

import org.jspecify.annotations.NullMarked;

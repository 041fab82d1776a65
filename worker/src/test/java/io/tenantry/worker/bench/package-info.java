/** The benchmark: the same work by plain JDBC, by a Flyway loop, and by Tenantry, in one run. */
@NullMarked
package io.tenantry.worker.bench;

import org.jspecify.annotations.NullMarked;

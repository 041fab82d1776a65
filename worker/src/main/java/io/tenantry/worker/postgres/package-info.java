/** PostgreSQL servers: their pools and bulkheads, the lock of each tenant home, and quoted identifiers. */
@NullMarked
package io.tenantry.worker.postgres;

import org.jspecify.annotations.NullMarked;

/** Connections to a server: pools, the gate that counts them, bulkheads, lane threads, and the lease they depend on. */
@NullMarked
package io.tenantry.worker.postgres.connection;

import org.jspecify.annotations.NullMarked;

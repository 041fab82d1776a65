/** PostgreSQL on any connection: statements, quoting, transactions, databases, and what a failure means; and digests. */
@NullMarked
package io.tenantry.worker.postgres;

import org.jspecify.annotations.NullMarked;

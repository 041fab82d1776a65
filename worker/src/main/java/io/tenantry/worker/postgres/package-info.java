/** PostgreSQL on any connection: quoting, transactions, messages of several statements, databases, and what a failure means. */
@NullMarked
package io.tenantry.worker.postgres;

import org.jspecify.annotations.NullMarked;

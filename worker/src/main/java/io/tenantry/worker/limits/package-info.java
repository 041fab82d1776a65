/** What a server or a database may run out of: measured in catalogs of PostgreSQL, each with what to do. */
@NullMarked
package io.tenantry.worker.limits;

import org.jspecify.annotations.NullMarked;

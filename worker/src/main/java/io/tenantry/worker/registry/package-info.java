/** The registry: tenants, their homes and versions, and the ledger of requests. */
@NullMarked
package io.tenantry.worker.registry;

import org.jspecify.annotations.NullMarked;

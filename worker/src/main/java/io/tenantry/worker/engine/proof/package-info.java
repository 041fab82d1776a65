/** Tries scripts on a scratch home at the start: which of them have plans, and what reaches outside a tenant's schema. */
@NullMarked
package io.tenantry.worker.engine.proof;

import org.jspecify.annotations.NullMarked;

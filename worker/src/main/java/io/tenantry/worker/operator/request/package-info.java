/** Sends requests for tenants, and waits for their results. */
@NullMarked
package io.tenantry.worker.operator.request;

import org.jspecify.annotations.NullMarked;

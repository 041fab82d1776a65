/** The workers of a group and their leases: which share of each server's connections a worker may use. */
@NullMarked
package io.tenantry.worker.registry.lease;

import org.jspecify.annotations.NullMarked;

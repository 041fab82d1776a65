/** The state of the fleet as the registry knows it, for an operator. */
@NullMarked
package io.tenantry.worker.operator.fleet;

import org.jspecify.annotations.NullMarked;

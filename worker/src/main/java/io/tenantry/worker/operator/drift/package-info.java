/** Compares the homes of the fleet with what their migrations make, for a command. */
@NullMarked
package io.tenantry.worker.operator.drift;

import org.jspecify.annotations.NullMarked;

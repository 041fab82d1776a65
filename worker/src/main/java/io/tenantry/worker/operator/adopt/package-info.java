/** Registers homes that other tools have made, and marks them; and takes tenants out of the registry again. */
@NullMarked
package io.tenantry.worker.operator.adopt;

import org.jspecify.annotations.NullMarked;

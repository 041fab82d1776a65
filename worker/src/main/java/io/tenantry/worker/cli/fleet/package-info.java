/** The commands that show the fleet and its tenants. */
@NullMarked
package io.tenantry.worker.cli.fleet;

import org.jspecify.annotations.NullMarked;

/** The commands for the registry itself. */
@NullMarked
package io.tenantry.worker.cli.registry;

import org.jspecify.annotations.NullMarked;

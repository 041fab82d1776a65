/** The commands that run a worker, and prepare what it needs. */
@NullMarked
package io.tenantry.worker.cli.setup;

import org.jspecify.annotations.NullMarked;

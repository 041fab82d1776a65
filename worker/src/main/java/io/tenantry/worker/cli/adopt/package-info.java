/** The commands that take existing homes over, and that forget tenants. */
@NullMarked
package io.tenantry.worker.cli.adopt;

import org.jspecify.annotations.NullMarked;

/** The command that compares homes with what their migrations make. */
@NullMarked
package io.tenantry.worker.cli.drift;

import org.jspecify.annotations.NullMarked;

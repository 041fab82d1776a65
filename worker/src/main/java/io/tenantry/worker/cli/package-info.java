/** The command line; it reads settings, says what went wrong, and leaves the work to what it is given. */
@NullMarked
package io.tenantry.worker.cli;

import org.jspecify.annotations.NullMarked;

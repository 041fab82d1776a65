/** The base of the command line: what all commands share, from options and output to exit statuses. */
@NullMarked
package io.tenantry.worker.cli;

import org.jspecify.annotations.NullMarked;

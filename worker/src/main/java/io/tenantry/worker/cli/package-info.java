/** The command line: reads the settings, reports their faults, and runs the action of a command. */
@NullMarked
package io.tenantry.worker.cli;

import org.jspecify.annotations.NullMarked;

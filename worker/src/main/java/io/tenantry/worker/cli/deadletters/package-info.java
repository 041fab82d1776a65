/** The commands for dead letters. */
@NullMarked
package io.tenantry.worker.cli.deadletters;

import org.jspecify.annotations.NullMarked;

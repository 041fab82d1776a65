/** The commands for dead letters. */
@NullMarked
package io.tenantry.worker.cli.letters;

import org.jspecify.annotations.NullMarked;

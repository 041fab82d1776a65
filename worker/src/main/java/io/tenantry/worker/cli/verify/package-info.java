/** The command that tries migrations before a release, for people and for CI servers. */
@NullMarked
package io.tenantry.worker.cli.verify;

import org.jspecify.annotations.NullMarked;

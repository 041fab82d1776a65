/** Shows the progress of a rollout until it ends: on a terminal, as lines, or as JSON. */
@NullMarked
package io.tenantry.worker.cli.rollout.watch;

import org.jspecify.annotations.NullMarked;

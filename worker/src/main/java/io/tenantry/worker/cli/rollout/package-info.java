/** The commands of fleet rollouts: what an operator asks for, and what is shown of a rollout. */
@NullMarked
package io.tenantry.worker.cli.rollout;

import org.jspecify.annotations.NullMarked;

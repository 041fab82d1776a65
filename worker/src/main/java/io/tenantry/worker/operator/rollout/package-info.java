/** What an operator asks of rollouts: reads them from the registry, publishes verbs and reads the answers. */
@NullMarked
package io.tenantry.worker.operator.rollout;

import org.jspecify.annotations.NullMarked;

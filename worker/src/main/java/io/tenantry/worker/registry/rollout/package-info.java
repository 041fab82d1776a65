/** The registry's tables of rollouts: their state, waves, members, verbs and outbox; and which migrations each worker has. */
@NullMarked
package io.tenantry.worker.registry.rollout;

import org.jspecify.annotations.NullMarked;

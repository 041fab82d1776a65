/** Fleet rollouts: plans them at their start, drives them wave by wave, and halts them. */
@NullMarked
package io.tenantry.worker.rollout;

import org.jspecify.annotations.NullMarked;

/** The demo: a worker on real servers, a hundred signups, and a rollout that a canary halts. */
@NullMarked
package io.tenantry.worker.demo;

import org.jspecify.annotations.NullMarked;

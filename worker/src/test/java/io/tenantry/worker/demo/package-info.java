/** The demo: a worker on real servers, a hundred signups, and a rollout of which one tenant fails. */
@NullMarked
package io.tenantry.worker.demo;

import org.jspecify.annotations.NullMarked;

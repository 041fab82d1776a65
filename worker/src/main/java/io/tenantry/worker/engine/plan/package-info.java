/** Applies scripts to a home without Flyway: each plan is one message to PostgreSQL. */
@NullMarked
package io.tenantry.worker.engine.plan;

import org.jspecify.annotations.NullMarked;

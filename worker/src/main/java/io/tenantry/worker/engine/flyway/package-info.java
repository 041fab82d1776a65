/** Runs Flyway over a home, finds the statements of its scripts, and translates its failures. */
@NullMarked
package io.tenantry.worker.engine.flyway;

import org.jspecify.annotations.NullMarked;

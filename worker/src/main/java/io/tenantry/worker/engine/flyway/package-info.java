/** Runs Flyway over a home, finds the statements of its scripts, and says what its failures mean. */
@NullMarked
package io.tenantry.worker.engine.flyway;

import org.jspecify.annotations.NullMarked;

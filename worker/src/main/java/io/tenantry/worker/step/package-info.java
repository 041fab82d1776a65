/** Onboarding and upgrade as lists of idempotent steps; a step returns a result, it never publishes. */
@NullMarked
package io.tenantry.worker.step;

import org.jspecify.annotations.NullMarked;

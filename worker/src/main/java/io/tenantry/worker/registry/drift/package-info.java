/** The tables of drift: references, and what the last look at each home has found. */
@NullMarked
package io.tenantry.worker.registry.drift;

import org.jspecify.annotations.NullMarked;

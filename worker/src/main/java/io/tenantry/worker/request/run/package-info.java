/** Runs a request in its lane: registry, homes, steps, retries, and the outcome of it all. */
@NullMarked
package io.tenantry.worker.request.run;

import org.jspecify.annotations.NullMarked;

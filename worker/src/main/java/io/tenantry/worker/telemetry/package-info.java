/** What a worker tells about itself: meters, health, and the HTTP endpoint that serves both. */
@NullMarked
package io.tenantry.worker.telemetry;

import org.jspecify.annotations.NullMarked;

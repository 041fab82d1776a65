/** The settings of a worker, as records. */
@NullMarked
package io.tenantry.worker.config;

import org.jspecify.annotations.NullMarked;

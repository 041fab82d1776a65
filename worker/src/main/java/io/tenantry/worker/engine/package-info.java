/** Migration catalogs and how they are applied; the only place that knows Flyway. */
@NullMarked
package io.tenantry.worker.engine;

import org.jspecify.annotations.NullMarked;

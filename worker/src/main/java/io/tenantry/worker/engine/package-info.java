/** Brings one home to a version of its catalog; the rooms below are the only ones that know Flyway. */
@NullMarked
package io.tenantry.worker.engine;

import org.jspecify.annotations.NullMarked;

/** The settings of a worker: one YAML file and what overrides it, read once into records. */
@NullMarked
package io.tenantry.worker.config;

import org.jspecify.annotations.NullMarked;

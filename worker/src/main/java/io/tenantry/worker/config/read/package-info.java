/** Reads the settings from file, environment and system properties, once, and names all faults together. */
@NullMarked
package io.tenantry.worker.config.read;

import org.jspecify.annotations.NullMarked;

/**
 * Finds what a statement does to tables that exist and have rows: how it locks, scans and rewrites them, as PostgreSQL
 * counts it; and what programs of the last release do not find after a script.
 */
@NullMarked
package io.tenantry.worker.engine.hazard;

import org.jspecify.annotations.NullMarked;

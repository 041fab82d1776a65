/** What Flyway resolves: the migrations of a named database, their scripts, checksums and statements, and plans as data. */
@NullMarked
package io.tenantry.worker.engine.catalog;

import org.jspecify.annotations.NullMarked;

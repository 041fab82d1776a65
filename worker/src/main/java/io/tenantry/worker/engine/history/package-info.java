/** The history table of a home: what was applied, what is pending, what does not match, and what came of a migration. */
@NullMarked
package io.tenantry.worker.engine.history;

import org.jspecify.annotations.NullMarked;

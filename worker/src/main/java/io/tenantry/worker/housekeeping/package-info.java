/** What a worker does at intervals, beside its requests: template databases, and old rows of the ledger. */
@NullMarked
package io.tenantry.worker.housekeeping;

import org.jspecify.annotations.NullMarked;

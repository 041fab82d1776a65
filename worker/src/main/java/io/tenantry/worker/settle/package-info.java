/** Settles outcomes: ledger and registry in one SQL transaction, then results and offsets in one Kafka transaction. */
@NullMarked
package io.tenantry.worker.settle;

import org.jspecify.annotations.NullMarked;

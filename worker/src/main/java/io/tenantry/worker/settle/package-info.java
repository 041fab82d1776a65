/** From outcomes to what lasts: ledger and registry in one SQL transaction, then results and offsets in one of Kafka. */
@NullMarked
package io.tenantry.worker.settle;

import org.jspecify.annotations.NullMarked;

/** The poll loop: reads requests from Kafka, paces the partitions, and tracks which of their offsets are settled. */
@NullMarked
package io.tenantry.worker.intake;

import org.jspecify.annotations.NullMarked;

/** Publishes results, dead letters and offsets, one Kafka transaction after another. */
@NullMarked
package io.tenantry.worker.intake.publish;

import org.jspecify.annotations.NullMarked;

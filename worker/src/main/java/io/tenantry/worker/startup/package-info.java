/** Checks at the start what a worker needs: Kafka, the registry, servers, and the migrations of each database. */
@NullMarked
package io.tenantry.worker.startup;

import org.jspecify.annotations.NullMarked;

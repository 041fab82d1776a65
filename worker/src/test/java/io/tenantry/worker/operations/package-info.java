/** A worker in operation: topics, drains, outages, broken installations, secrets in logs. */
@NullMarked
package io.tenantry.worker.operations;

import org.jspecify.annotations.NullMarked;

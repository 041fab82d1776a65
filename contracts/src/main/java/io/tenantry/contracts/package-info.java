/** The events of Tenantry: what goes into Kafka, what comes out, and how each is written. */
@NullMarked
package io.tenantry.contracts;

import org.jspecify.annotations.NullMarked;

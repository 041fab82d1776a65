/** How an operator's command reaches a deployment: the registry, and Kafka's clients outside of the group. */
@NullMarked
package io.tenantry.worker.operator;

import org.jspecify.annotations.NullMarked;

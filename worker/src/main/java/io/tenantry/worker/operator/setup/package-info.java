/** Makes the topics, and checks what a worker would need. */
@NullMarked
package io.tenantry.worker.operator.setup;

import org.jspecify.annotations.NullMarked;

/** How intervals and waits grow. */
@NullMarked
package io.tenantry.worker.timing;

import org.jspecify.annotations.NullMarked;

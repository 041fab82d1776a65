/** The guarantee suite: what the worker promises, counted while worker processes and servers are stopped and killed. */
@NullMarked
package io.tenantry.worker.guarantee;

import org.jspecify.annotations.NullMarked;

/** Holds the files under ops/ against the code: what they name must exist. */
@NullMarked
package io.tenantry.worker.ops;

import org.jspecify.annotations.NullMarked;

/** Tries the migrations of named databases before they are released, and compares them with those that are. */
@NullMarked
package io.tenantry.worker.operator.verify;

import org.jspecify.annotations.NullMarked;

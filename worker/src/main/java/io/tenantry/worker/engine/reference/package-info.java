/** References: what the migrations of a home make, for the comparison with the home. */
@NullMarked
package io.tenantry.worker.engine.reference;

import org.jspecify.annotations.NullMarked;

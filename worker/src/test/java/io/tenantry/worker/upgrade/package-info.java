/** A migration brings homes to a version, beside the tenants' traffic, or says why not. */
@NullMarked
package io.tenantry.worker.upgrade;

import org.jspecify.annotations.NullMarked;

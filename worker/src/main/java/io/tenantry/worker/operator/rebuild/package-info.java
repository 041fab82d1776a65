/** Compares the registry with the tenants' own homes, and corrects it. */
@NullMarked
package io.tenantry.worker.operator.rebuild;

import org.jspecify.annotations.NullMarked;

/** A signup makes the tenant's homes, whatever an earlier attempt left. */
@NullMarked
package io.tenantry.worker.onboarding;

import org.jspecify.annotations.NullMarked;

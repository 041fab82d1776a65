/** Which requests are started, which are parked, and when a parked one is read again. */
@NullMarked
package io.tenantry.worker.intake.admission;

import org.jspecify.annotations.NullMarked;

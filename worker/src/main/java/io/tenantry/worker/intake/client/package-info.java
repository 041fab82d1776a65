/** The topics, and the settings of the clients that read and describe them. */
@NullMarked
package io.tenantry.worker.intake.client;

import org.jspecify.annotations.NullMarked;

/** The place of one tenant: its mark, its lock and the session that works there, whatever the isolation. */
@NullMarked
package io.tenantry.worker.postgres.home;

import org.jspecify.annotations.NullMarked;

/** The commands that send requests for tenants. */
@NullMarked
package io.tenantry.worker.cli.request;

import org.jspecify.annotations.NullMarked;

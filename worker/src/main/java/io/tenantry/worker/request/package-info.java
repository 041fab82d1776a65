/** Requests, and for each type the homes it works on and the steps it runs there; nothing here runs them. */
@NullMarked
package io.tenantry.worker.request;

import org.jspecify.annotations.NullMarked;

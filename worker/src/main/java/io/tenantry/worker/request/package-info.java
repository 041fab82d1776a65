/** Requests, and for each type the homes that it works on and the steps that it runs there. Nothing here runs them. */
@NullMarked
package io.tenantry.worker.request;

import org.jspecify.annotations.NullMarked;

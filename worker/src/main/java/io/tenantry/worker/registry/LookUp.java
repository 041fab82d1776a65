package io.tenantry.worker.registry;

import io.tenantry.contracts.RequestRef;

/**
 * What is to be looked up.
 *
 * @param request whether it was answered before
 * @param tenant what is known of it
 */
public record LookUp(RequestRef request, String tenant) {}

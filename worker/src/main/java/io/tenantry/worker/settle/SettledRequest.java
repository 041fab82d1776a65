package io.tenantry.worker.settle;

import io.tenantry.worker.request.Request;

/** A request, and what the poll thread must do for its record. */
public record SettledRequest(Request request, Settled settled) {}

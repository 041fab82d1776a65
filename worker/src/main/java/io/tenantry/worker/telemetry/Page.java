package io.tenantry.worker.telemetry;

import java.util.function.Supplier;

/**
 * What the HTTP endpoint serves at a path besides metrics and health.
 *
 * @param path begins with a slash; matches exactly, whatever the query
 * @param contentType of the body, in UTF-8
 * @param body called for each GET, by up to two threads at a time; an exception is answered with 500
 */
public record Page(String path, String contentType, Supplier<String> body) {}

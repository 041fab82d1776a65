package io.tenantry.worker.config;

/**
 * Where metrics and health are served.
 *
 * @param host the address to bind
 * @param port 0: any free one
 */
public record HttpSettings(String host, int port) {}

package io.tenantry.worker.config;

import java.time.Duration;

/**
 * The PostgreSQL database with the registry's tables, in the schema {@code tenantry}.
 *
 * @param url {@code jdbc:postgresql:...}, without user and password
 * @param password empty where the server asks for none
 * @param maxConnections of each worker
 * @param ledgerRetention how long the result of a request is kept to answer a repeat
 */
public record RegistrySettings(
        String url, String user, Secret password, int maxConnections, Duration ledgerRetention) {}

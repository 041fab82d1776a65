package io.tenantry.worker.config;

/**
 * One PostgreSQL connection endpoint with a cap on its connections.
 *
 * @param url {@code jdbc:postgresql:...}, without user and password
 * @param password empty where the server asks for none
 * @param maxConnections for the whole group of workers, not for each
 */
public record ServerSettings(String name, String url, String user, Secret password, int maxConnections) {}

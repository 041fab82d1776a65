package io.tenantry.worker.engine.catalog;

import org.flywaydb.core.api.FlywayException;

/**
 * Flyway refused scripts (a version that occurs twice, for example) or could not apply them. The message gives the
 * reason.
 */
public final class MigrationsRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MigrationsRefusedException(FlywayException cause) {
        super(cause.getMessage(), cause);
    }

    public MigrationsRefusedException(String message, Throwable cause) {
        super(message, cause);
    }

    public MigrationsRefusedException(String message) {
        super(message);
    }
}

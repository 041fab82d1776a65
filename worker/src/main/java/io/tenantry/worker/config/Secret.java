package io.tenantry.worker.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A password. It is returned only by an explicit call, and prints as {@code ***}. */
public final class Secret {
    /** No password, for servers that ask for none. */
    public static final Secret EMPTY = new Secret("");

    private final String value;

    /** @param value the password in clear; may be empty */
    public Secret(String value) {
        this.value = Objects.requireNonNull(value);
    }

    /** The password in clear: for the driver, never for a message. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}

package io.tenantry.worker.config.read;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The address of a PostgreSQL database, without anything secret. */
final class PostgresUrl {
    static final ValueType<String> TYPE = new ValueType<>(
            "URL",
            "jdbc:postgresql://host:port/database, without user and password in it",
            ValueType.Shown.NOTHING,
            false,
            text -> parse(text.strip()));

    private PostgresUrl() {}

    private static String parse(String url) throws UnacceptableValueException {
        ValueType.accepted(url, url.startsWith("jdbc:postgresql:"), "does not start with jdbc:postgresql:");
        return ValueType.accepted(url, !hasCredentials(url), "has a password or a user in it; use user and password");
    }

    private static boolean hasCredentials(String url) {
        String[] parts = url.split("\\?", 2);
        if (decoded(parts[0]).contains("@")) {
            return true;
        }
        if (parts.length == 1) {
            return false;
        }
        for (String parameter : parts[1].split("&", -1)) {
            String name = decoded(parameter.split("=", 2)[0]).toLowerCase(Locale.ROOT);
            // The driver takes the user of the URL rather than the setting.
            if (name.contains("password") || name.equals("user")) {
                return true;
            }
        }
        return false;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}

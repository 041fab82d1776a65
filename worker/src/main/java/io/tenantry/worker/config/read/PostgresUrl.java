package io.tenantry.worker.config.read;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The address of a PostgreSQL database, without anything secret. */
final class PostgresUrl {
    static final ValueType<String> TYPE = new ValueType<>(
            "URL",
            "jdbc:postgresql://host:port/database, without user and password in it",
            ValueType.Shown.NOTHING,
            false,
            text -> parse(text.strip()));

    /**
     * What the worker sets for each connection, and guarantees depend on: the cap knows sessions by their name, a lost lease
     * closes sockets, a session's timeouts are options. The driver takes a parameter of the URL rather than a property.
     */
    private static final Set<String> SET_BY_WORKER = Set.of(
            "ApplicationName",
            "options",
            "socketFactory",
            "socketFactoryArg",
            "preferQueryMode",
            "assumeMinServerVersion");

    private PostgresUrl() {}

    private static String parse(String url) throws UnacceptableValueException {
        ValueType.accepted(url, url.startsWith("jdbc:postgresql:"), "does not start with jdbc:postgresql:");
        ValueType.accepted(url, !hasCredentials(url), "has a password or a user in it; use user and password");
        Optional<String> own = parameters(url).filter(SET_BY_WORKER::contains).findFirst();
        return ValueType.accepted(
                url,
                own.isEmpty(),
                "has the parameter " + own.orElse("") + ", which the worker sets itself; remove it");
    }

    private static boolean hasCredentials(String url) {
        return decoded(url.split("\\?", 2)[0]).contains("@")
                || parameters(url)
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        // The driver takes the user of the URL rather than the setting.
                        .anyMatch(name -> name.contains("password") || name.equals("user"));
    }

    /** The names of the URL's parameters. */
    private static Stream<String> parameters(String url) {
        List<String> parts = List.of(url.split("\\?", 2));
        return parts.stream()
                .skip(1)
                .flatMap(parameters -> Stream.of(parameters.split("&", -1)))
                .map(parameter -> decoded(parameter.split("=", 2)[0]));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}

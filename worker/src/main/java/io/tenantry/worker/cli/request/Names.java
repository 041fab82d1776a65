package io.tenantry.worker.cli.request;

import io.tenantry.contracts.TenantName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Names that are given as arguments. An argument {@code -} stands for the names on standard input. */
final class Names {
    private static final String STANDARD_INPUT = "-";

    private Names() {}

    /**
     * The tenants, each once, in the given order.
     *
     * @param input names between blanks and line feeds; read only if an argument is {@code -}
     * @throws IllegalArgumentException if one cannot be a tenant, with all that cannot in the message
     */
    static List<String> tenants(List<String> arguments, InputStream input) {
        Set<String> names = new LinkedHashSet<>();
        for (String argument : arguments) {
            if (argument.equals(STANDARD_INPUT)) {
                names.addAll(words(input));
            } else {
                names.add(argument);
            }
        }
        List<String> wrong =
                names.stream().filter(name -> !TenantName.isValid(name)).toList();
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("not the name of a tenant: " + String.join(", ", wrong) + "; expected "
                    + TenantName.PATTERN + "; nothing was sent");
        }
        return List.copyOf(names);
    }

    private static List<String> words(InputStream input) {
        try {
            List<String> words =
                    new ArrayList<>(List.of(new String(input.readAllBytes(), StandardCharsets.UTF_8).split("\\s+")));
            words.removeIf(String::isEmpty);
            return words;
        } catch (IOException broken) {
            throw new UncheckedIOException("standard input cannot be read", broken);
        }
    }

    /**
     * Checks names of databases against the configured ones.
     *
     * @param configured whether each is shared by all tenants, by its name
     * @param shared whether a shared one is wanted
     * @throws IllegalArgumentException if one is not configured, or is of the other kind
     */
    static void checkDatabases(List<String> names, Map<String, Boolean> configured, boolean shared) {
        for (String name : names) {
            if (!configured.containsKey(name)) {
                throw new IllegalArgumentException("database " + name + " is not configured; configured: "
                        + String.join(", ", configured.keySet()) + "; nothing was sent");
            }
            if (configured.getOrDefault(name, false) != shared) {
                throw new IllegalArgumentException(
                        shared
                                ? "database " + name
                                        + " is not shared by all tenants: name tenants, and give --databases " + name
                                        + "; nothing was sent"
                                : "database " + name + " is shared by all tenants: `migrate --database " + name
                                        + "` migrates it; nothing was sent");
            }
        }
    }
}

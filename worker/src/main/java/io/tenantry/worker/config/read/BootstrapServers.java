package io.tenantry.worker.config.read;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The addresses of Kafka's brokers, as Kafka's clients take them. */
final class BootstrapServers {
    private static final Pattern ADDRESS =
            Pattern.compile("([A-Za-z_]+://)?(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9._-]+):(\\d{1,5})");

    static final ValueType<String> TYPE = ValueType.text(
            BootstrapServers::areAddresses, "not accepted", "host:port, more than one separated by commas");

    private BootstrapServers() {}

    private static boolean areAddresses(String text) {
        for (String server : text.split(",", -1)) {
            Matcher address = ADDRESS.matcher(server.strip());
            if (!address.matches() || !isPort(Integer.parseInt(address.group(3)))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPort(int number) {
        return number >= 1 && number <= 65535;
    }
}

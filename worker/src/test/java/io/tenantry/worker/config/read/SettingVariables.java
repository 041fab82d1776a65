package io.tenantry.worker.config.read;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The environment variables that set a setting. The worker cannot report an unknown one, so files that set some are
 * compared with this.
 */
public final class SettingVariables {
    private SettingVariables() {}

    /** Whether {@code TENANTRY_...} is a setting, of any server, database or Kafka property. */
    public static boolean isSetting(String variable) {
        return SettingsTable.all().stream().anyMatch(setting -> variable.matches(variables(setting.key())));
    }

    private static String variables(String key) {
        String name = "TENANTRY_" + key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9*]", "_");
        return Pattern.quote(name).replace("*", "\\E[A-Z0-9_]+\\Q");
    }
}

package io.tenantry.worker.cli.setup;

import io.tenantry.worker.cli.CommandGroup;
import io.tenantry.worker.cli.Environment;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code config}. */
@Command(
        name = "config",
        description = "Looks at the settings.",
        footer = {"", "Example:", "  tenantry config check"})
public final class Config extends CommandGroup {
    private Config() {}

    /** With all commands below it. */
    public static CommandLine of(Environment environment) {
        return new Config().with(new CheckConfig(environment));
    }
}

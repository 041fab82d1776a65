package io.tenantry.worker.cli.setup;

import io.tenantry.worker.cli.CommandGroup;
import picocli.CommandLine.Command;

/** {@code config}. */
@Command(
        name = "config",
        description = "Looks at the settings.",
        footer = {"", "Example:", "  tenantry config check"})
public final class Config extends CommandGroup {}

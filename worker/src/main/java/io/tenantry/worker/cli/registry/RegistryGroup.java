package io.tenantry.worker.cli.registry;

import io.tenantry.worker.cli.CommandGroup;
import picocli.CommandLine.Command;

/** {@code registry}. */
@Command(
        name = "registry",
        description = "Corrects what the registry says of tenants' homes.",
        footer = {"", "Example:", "  tenantry registry rebuild"})
public final class RegistryGroup extends CommandGroup {}

package io.tenantry.worker.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The top of the command line. */
@Command(
        name = "tenantry",
        description = "Onboards and upgrades the PostgreSQL schemas of a tenant fleet, driven by Kafka events.",
        footer = {
            "",
            "Status: 0 done; 1 failed or halted; 2 wrong options or settings; 130 after Ctrl-C.",
            "Data goes to standard output, progress and errors to standard error.",
            "",
            "Example: what is the fleet's state?",
            "  tenantry status"
        })
final class Tenantry extends CommandGroup {
    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and end.")
    @SuppressWarnings("UnusedVariable") // picocli asks the option
    private boolean version;
}

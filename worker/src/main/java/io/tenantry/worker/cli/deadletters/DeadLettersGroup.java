package io.tenantry.worker.cli.deadletters;

import io.tenantry.worker.cli.CommandGroup;
import io.tenantry.worker.cli.Environment;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code dead-letters}. */
@Command(
        name = "dead-letters",
        description = {
            "Shows the records that no worker could answer, and sends them again.",
            "A dead letter is named by its place in its topic, or by the place of the record that it was made of:"
                    + " topic-partition@offset, as in the worker's log, or topic/partition/offset."
        },
        footer = {"", "Example:", "  tenantry dead-letters list"})
public final class DeadLettersGroup extends CommandGroup {
    private DeadLettersGroup() {}

    /** With all commands below it. */
    public static CommandLine of(Environment environment) {
        return new DeadLettersGroup()
                .with(
                        new ListDeadLetters(environment),
                        new ShowDeadLetter(environment),
                        new ReplayDeadLetters(environment));
    }
}

package io.tenantry.worker.cli.setup;

import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.operator.setup.TopicSetup;
import picocli.CommandLine.Command;

/** {@code topics}. */
@Command(
        name = "topics",
        description = {
            "Creates the topics that do not exist, with kafka.partitions partitions; leaves the others as they are.",
            "Status 1 if a worker cannot use the topics as they are then."
        },
        footer = {"", "Example:", "  tenantry topics"})
public final class CreateTopics extends OperatorCommand {
    public CreateTopics(Environment environment) {
        super(environment);
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        TopicSetup.Report made = TopicSetup.create(invocation.settings().kafka());
        TopicSetup.Report report = new TopicSetup.Report(
                made.done(),
                made.faults().stream().map(invocation.next()::completed).toList());
        Output output = invocation.output();
        if (output.isJson()) {
            output.json(report);
        } else {
            report.done().forEach(output::line);
        }
        if (report.faults().isEmpty()) {
            return ExitStatus.DONE;
        }
        output.note("tenantry: the topics cannot be used:");
        report.faults().forEach(fault -> output.note("  " + fault));
        return ExitStatus.FAILED;
    }
}

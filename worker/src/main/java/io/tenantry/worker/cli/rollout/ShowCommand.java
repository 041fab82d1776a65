package io.tenantry.worker.cli.rollout;

import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.rollout.text.Advice;
import io.tenantry.worker.cli.rollout.text.RolloutDocument;
import io.tenantry.worker.cli.rollout.text.ShowText;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.rollout.DriverSearch;
import io.tenantry.worker.operator.rollout.RolloutLook;
import io.tenantry.worker.operator.rollout.RolloutReader;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rollout show}. */
@Command(
        name = "show",
        description = {
            "Shows one rollout, what it waits for, and the next command.",
            "The failed tenants are shown with script, line and reason. Needs the registry; asks Kafka only which worker"
                    + " drives the rollout."
        },
        footer = {"", "Example:", "  tenantry rollout show release-7"})
final class ShowCommand extends RolloutCommand {
    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "Failed tenants at most, the newest first (default: ${DEFAULT-VALUE}).")
    private int limit;

    ShowCommand(Environment environment) {
        super(environment);
    }

    /** As JSON. */
    private record Document(
            RolloutDocument rollout,
            @Nullable String drivenBy,
            List<RolloutDocument.Failure> failed,
            List<RolloutDocument.InFlight> inFlight,
            List<RolloutDocument.Wait> waits,
            List<String> next) {}

    @Override
    protected int run(Invocation invocation) throws Exception {
        if (limit < 1) {
            throw usage("--limit is " + limit + "; expected 1 or more");
        }
        Advice advice = advice(invocation);
        RolloutLook look = new RolloutReader(invocation.access())
                .look(name(), limit)
                .orElseThrow(() -> new OperationFailedException("there is no rollout " + name()
                        + " in the registry; see `" + advice.command("rollout list") + "`"));
        @Nullable String driver = look.view().state().isFinal()
                ? null
                : new DriverSearch(invocation.access().kafka()).driver(look.view());
        Output output = invocation.output();
        if (output.isJson()) {
            output.json(new Document(
                    RolloutDocument.of(look.view()),
                    driver,
                    look.failed().stream().map(RolloutDocument.Failure::of).toList(),
                    look.inFlight().stream().map(RolloutDocument.InFlight::of).toList(),
                    look.waits().stream().map(RolloutDocument.Wait::of).toList(),
                    advice.next(look.view())));
        } else {
            new ShowText(look, driver, ZoneId.systemDefault()).write(output);
            advice.next(look.view()).forEach(output::note);
        }
        return ExitStatus.DONE;
    }
}

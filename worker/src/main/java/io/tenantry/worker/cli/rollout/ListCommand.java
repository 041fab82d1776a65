package io.tenantry.worker.cli.rollout;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.TextTable;
import io.tenantry.worker.cli.rollout.text.RolloutDocument;
import io.tenantry.worker.cli.rollout.text.StateText;
import io.tenantry.worker.cli.rollout.text.Times;
import io.tenantry.worker.operator.rollout.RolloutReader;
import io.tenantry.worker.registry.rollout.MemberCounts;
import io.tenantry.worker.registry.rollout.RolloutView;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rollout list}. */
@Command(
        name = "list",
        description = {
            "Lists the rollouts that the registry has, the newest first.",
            "Those that have ended are kept for registry.ledger-retention."
        },
        footer = {"", "Example: what is going on?", "  tenantry rollout list --active"})
final class ListCommand extends OperatorCommand {
    @Option(names = "--active", description = "Only those that have not ended.")
    private boolean active;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "At most so many (default: ${DEFAULT-VALUE}).")
    private int limit;

    ListCommand(Environment environment) {
        super(environment);
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        if (limit < 1) {
            throw usage("--limit is " + limit + "; expected 1 or more");
        }
        Output output = invocation.output();
        List<RolloutView> rollouts = new RolloutReader(invocation.access()).list(active, limit);
        if (output.isJson()) {
            rollouts.forEach(view -> output.json(RolloutDocument.of(view)));
            return ExitStatus.DONE;
        }
        if (rollouts.isEmpty()) {
            output.note("there is no " + (active ? "active rollout" : "rollout") + " in the registry");
            return ExitStatus.DONE;
        }
        output.table(table(rollouts, ZoneId.systemDefault()));
        output.note("one of them: " + invocation.next().of("rollout show NAME"));
        return ExitStatus.DONE;
    }

    static TextTable table(List<RolloutView> rollouts, ZoneId zone) {
        TextTable table =
                new TextTable("ROLLOUT", "STATE", "WAVE", "TENANTS", "AT TARGET", "FAILED", "PENDING", "REQUESTED");
        for (RolloutView view : rollouts) {
            MemberCounts counts = view.counts();
            @Nullable Object[] cells = {
                view.name(),
                view.state().label(),
                view.waves().isEmpty()
                        ? null
                        : view.wave() + " of " + view.waves().size(),
                counts.members(),
                counts.succeeded(),
                counts.failed(),
                counts.pending() + counts.skipped(),
                Times.local(view.times().requestedAt(), zone)
            };
            @Nullable Colour colour = StateText.colour(view);
            if (colour == null) {
                table.row(cells);
            } else {
                table.row(colour, cells);
            }
        }
        return table;
    }
}

package io.tenantry.worker.cli.deadletters;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.Words;
import io.tenantry.worker.operator.CommandInterruptedException;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.deadletters.DeadLetterState;
import io.tenantry.worker.operator.deadletters.DeadLetters;
import io.tenantry.worker.operator.deadletters.Place;
import io.tenantry.worker.operator.deadletters.Replay;
import io.tenantry.worker.operator.deadletters.Replayed;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dead-letters replay}. */
@Command(
        name = "replay",
        description = {
            "Sends dead letters again as they were received, to the topic and partition that they came from. Each is"
                    + " reported as sent when all replicas of the topic have it. The dead letter itself stays in its topic; the"
                    + " new record has a header tenantry.replay.of with its place.",
            "A dead letter is left out if its request was answered since, if it was sent again and became another dead letter,"
                    + " or if its value was not kept. A record without an id of its own is a new request each time that it is sent.",
            "A rollout has counted its dead letters as failed tenants: there, `tenantry rollout retry-failed` is what you want.",
            "If Kafka refuses one, the others are sent all the same. If Kafka is away, the rest is not tried.",
            "Status 1 if not all were sent."
        },
        footer = {
            "",
            "Example:",
            "  tenantry dead-letters replay --code unknown-database --dry-run",
            "  tenantry dead-letters replay tenant.created-dlt-0@5"
        })
public final class ReplayDeadLetters extends OperatorCommand {
    @Mixin
    private final DeadLetterOptions options = new DeadLetterOptions();

    @Option(names = "--all", description = "All dead letters of all topics.")
    private boolean all;

    @Option(names = "--dry-run", description = "Only say what would be sent where.")
    private boolean dry;

    public ReplayDeadLetters(Environment environment) {
        super(environment);
    }

    private record ReplayJson(
            Place letter,
            boolean sent,
            boolean dryRun,
            @Nullable Place to,
            @Nullable String skipped,
            @Nullable String refused) {}

    @Override
    protected int run(Invocation invocation) throws Exception {
        if (options.isEmpty() != all) {
            throw usage(
                    all
                            ? "--all goes with neither PLACE nor --code"
                            : "which dead letters? Give PLACE, --code CODE or --all");
        }
        Output output = invocation.output();
        try (DeadLetters letters = new DeadLetters(invocation.access());
                Replay replay = new Replay(letters, invocation.access().kafka(), dry)) {
            List<DeadLetterState> states = letters.find(options.selection());
            return send(states, replay, output, invocation.access().interruption());
        }
    }

    private int send(List<DeadLetterState> states, Replay replay, Output output, Interruption interruption)
            throws CommandInterruptedException {
        interruption.arm();
        int sent = 0;
        int skipped = 0;
        int refused = 0;
        for (DeadLetterState state : states) {
            Replayed replayed = replay.send(state);
            sent += replayed.to() == null ? 0 : 1;
            skipped += replayed.skipped() == null ? 0 : 1;
            refused += replayed.refused() == null ? 0 : 1;
            report(output, replayed);
            if (replayed.kafkaAway() || interruption.isRequested()) {
                break;
            }
        }
        int untried = states.size() - sent - skipped - refused;
        output.note(Words.count(sent, "dead letter") + (dry ? " would be sent, " : " sent, ") + skipped + " left out"
                + (refused == 0 ? "" : ", " + refused + " refused")
                + (untried == 0 ? "" : ", " + untried + " not tried")
                + (untried == 0 || interruption.isRequested() ? "" : ": give this command again when Kafka answers"));
        if (untried > 0 && interruption.isRequested()) {
            throw interruption.failure("interrupted; " + Words.count(untried, "dead letter")
                    + (untried == 1 ? " was" : " were")
                    + " not tried: give this command again, which leaves out those that have an answer by then");
        }
        return sent == states.size() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private void report(Output output, Replayed replayed) {
        if (output.isJson()) {
            output.json(new ReplayJson(
                    replayed.letter(),
                    !dry && replayed.to() != null,
                    dry,
                    dry ? null : replayed.to(),
                    replayed.skipped(),
                    replayed.refused()));
        } else if (replayed.refused() != null) {
            output.line(Colour.BAD, replayed.letter() + ": refused: " + replayed.refused());
        } else if (replayed.to() == null) {
            output.line(Colour.WAITING, replayed.letter() + ": left out: " + replayed.skipped());
        } else if (dry) {
            output.line(replayed.letter() + ": would be sent to "
                    + replayed.to().topic() + "-" + replayed.to().partition());
        } else {
            output.line(Colour.GOOD, replayed.letter() + ": sent, and now " + replayed.to());
        }
    }
}

package io.tenantry.worker.cli.deadletters;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.TextTable;
import io.tenantry.worker.cli.Words;
import io.tenantry.worker.operator.deadletters.DeadLetterRecord;
import io.tenantry.worker.operator.deadletters.DeadLetterState;
import io.tenantry.worker.operator.deadletters.DeadLetterState.Fate;
import io.tenantry.worker.operator.deadletters.DeadLetters;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dead-letters list}. */
@Command(
        name = "list",
        description = {
            "Lists dead letters, oldest first in each partition.",
            "State: answered, if the ledger has a result for the request since; dead-again, if it was sent again and became"
                    + " another dead letter; open, if neither; unknown, if the record has no id of its own, or cannot be decoded."
        },
        footer = {"", "Example:", "  tenantry dead-letters list --code invalid-event"})
public final class ListDeadLetters extends OperatorCommand {
    @Mixin
    private final DeadLetterOptions options = new DeadLetterOptions();

    public ListDeadLetters(Environment environment) {
        super(environment);
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        List<DeadLetterState> states;
        try (DeadLetters letters = new DeadLetters(invocation.access())) {
            states = letters.find(options.selection());
        }
        Output output = invocation.output();
        if (output.isJson()) {
            states.forEach(state -> output.json(DeadLetterJson.of(state)));
        } else if (states.isEmpty()) {
            output.note("there is no dead letter like that");
        } else {
            output.table(table(states));
            output.note("one with its value: " + invocation.next().of("dead-letters show PLACE"));
        }
        return ExitStatus.DONE;
    }

    private static TextTable table(List<DeadLetterState> states) {
        TextTable table = new TextTable("DEAD LETTER", "FROM", "WRITTEN", "KEY", "STATE", "CODE", "MESSAGE");
        for (DeadLetterState state : states) {
            DeadLetterRecord letter = state.letter();
            table.row(
                    state.fate() == Fate.ANSWERED ? Colour.GOOD : Colour.BAD,
                    letter.place(),
                    letter.origin(),
                    Words.of(letter.at()),
                    letter.key(),
                    Words.of(state.fate()),
                    letter.code(),
                    letter.message());
        }
        return table;
    }
}

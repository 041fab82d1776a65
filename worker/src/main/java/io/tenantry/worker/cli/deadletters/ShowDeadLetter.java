package io.tenantry.worker.cli.deadletters;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.NextCommand;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.Words;
import io.tenantry.worker.operator.deadletters.DeadLetterContent;
import io.tenantry.worker.operator.deadletters.DeadLetterRecord;
import io.tenantry.worker.operator.deadletters.DeadLetterState;
import io.tenantry.worker.operator.deadletters.DeadLetters;
import io.tenantry.worker.operator.deadletters.Place;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code dead-letters show}. */
@Command(
        name = "show",
        description = {
            "Shows dead letters with all headers and their values.",
            "Control characters are escaped. What is not UTF-8 is shown in Base64."
        },
        footer = {"", "Example:", "  tenantry dead-letters show tenant.created-dlt-0@5"})
public final class ShowDeadLetter extends OperatorCommand {
    @Parameters(
            paramLabel = "PLACE",
            arity = "1..*",
            converter = DeadLetterOptions.PlaceConverter.class,
            description = "topic-partition@offset or topic/partition/offset.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<Place> places;

    public ShowDeadLetter(Environment environment) {
        super(environment);
    }

    private record ContentJson(
            DeadLetterJson letter,
            List<DeadLetterContent.Header> headers,
            @Nullable String value) {}

    @Override
    protected int run(Invocation invocation) throws Exception {
        Output output = invocation.output();
        try (DeadLetters letters = new DeadLetters(invocation.access())) {
            for (DeadLetterState state : letters.find(new DeadLetters.Selection(places, null))) {
                DeadLetterContent content = letters.content(state);
                if (output.isJson()) {
                    output.json(json(content));
                } else {
                    write(output, content, invocation.next());
                }
            }
        }
        return ExitStatus.DONE;
    }

    private static ContentJson json(DeadLetterContent content) {
        return new ContentJson(DeadLetterJson.of(content.state()), content.headers(), content.value());
    }

    private static void write(Output output, DeadLetterContent content, NextCommand next) {
        DeadLetterRecord letter = content.state().letter();
        output.line(Colour.HEADING, letter.place().toString());
        output.line("from      " + (letter.origin() == null ? "not known" : letter.origin()));
        output.line("written   " + Words.of(letter.at()));
        output.line("state     " + Words.of(content.state().fate())
                + (content.state().deadAgain() == null
                        ? ""
                        : " as " + content.state().deadAgain()));
        output.line(Colour.BAD, "code      " + (letter.code() == null ? "-" : letter.code()));
        output.line("message   " + (letter.message() == null ? "-" : letter.message()));
        Arrays.stream(ErrorCode.values())
                .filter(code -> code.code().equals(letter.code()))
                .forEach(code -> output.line("advice    " + code.advice()));
        output.line("key       " + (letter.key() == null ? "-" : letter.key()));
        content.headers().forEach(header -> output.line("header    " + header.name() + ": " + shown(header.value())));
        output.line("value     " + shown(content.value()));
        if (letter.replayable()) {
            output.note("send it again: " + next.of("dead-letters replay " + letter.place()));
        }
    }

    private static String shown(@Nullable String text) {
        return text == null ? "-" : text;
    }
}

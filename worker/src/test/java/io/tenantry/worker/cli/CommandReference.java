package io.tenantry.worker.cli;

import io.tenantry.worker.Commands;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

/** The text of {@code docs/cli.md}, made of the commands themselves. Run it to have the text on standard output. */
public final class CommandReference {
    private static final String HEAD = """
            # The command line

            This page is made of the commands' own `--help`; a test compares it.

            `java -jar tenantry.jar COMMAND`, in containers `docker compose run --rm worker COMMAND`. Every command but `run` and `generate-completion`
            has these in common:

            - `--config` names the [settings](../README.md#settings), `tenantry.yaml` if it is left out. Environment variables and system
              properties override them as they do for a worker.
            - Data goes to standard output, progress, advice and errors to standard error.
            - `--json` writes JSON lines: a command that lists things writes one object a line, any other one object in one line. Fields
              may be added; a field that is null is left out. Times are in UTC, durations as in ISO 8601.
              A command that cannot do its work ends with an object that has `error` (`usage`, `settings`, `failed`, `interrupted` or
              `bug`), `status`, `message` and, for settings, `faults`; `config check` has them in its own object.
            - Ctrl-C and SIGTERM end a command at once. One that works on homes or records, or waits for answers, ends after the one that it
              is at: it says what was done and what to do next, and gives back its connection of the workers' share. With a second Ctrl-C,
              or if that takes longer than 5 s, it ends at once too. What was sent to Kafka goes on, as does a rollout that is watched.
            - Colours are shown on a terminal only, and not with `NO_COLOR` or `TERM=dumb`. Control characters in what a tenant, an event or a
              server wrote are escaped.
            - Commands are in no worker's way: they have neither the consumer group nor a transactional id, and their sessions are called
              `tenantry-cli user@pid` in `pg_stat_activity` of the registry. They never change the form of the registry's tables: a worker of
              this release must have started once.

            | status | |
            |---|---|
            | 0 | done |
            | 1 | failed, halted or refused, or something that is needed cannot be reached |
            | 2 | wrong options, or settings that cannot be used |
            | 129 | ended because its terminal was closed (SIGHUP) |
            | 130 | ended by Ctrl-C |
            | 141 | nobody reads the output any more, as after `tenantry tenants \\| head` |
            | 143 | ended by SIGTERM |

            Completion for bash and zsh: `source <(tenantry generate-completion)`.

            | command | |
            |---|---|
            """;

    private CommandReference() {}

    /** Prints the text. */
    public static void main(String[] arguments) {
        System.out.print(text());
    }

    static String text() {
        StringBuilder text = new StringBuilder(HEAD);
        List<CommandLine> commands = commands();
        commands.forEach(command -> text.append("| [`")
                .append(command.getCommandSpec().qualifiedName())
                .append("`](#")
                .append(command.getCommandSpec().qualifiedName().replace(' ', '-'))
                .append(") | ")
                .append(firstSentence(command))
                .append(" |\n"));
        commands.forEach(command -> text.append("\n## ")
                .append(command.getCommandSpec().qualifiedName())
                .append("\n\n```\n")
                .append(command.getUsageMessage(CommandLine.Help.Ansi.OFF).stripTrailing())
                .append("\n```\n"));
        return text.toString();
    }

    private static String firstSentence(CommandLine command) {
        String description =
                String.format(command.getCommandSpec().usageMessage().description()[0]);
        int end = description.indexOf(". ");
        return (end < 0 ? description : description.substring(0, end + 1)).replace("|", "\\|");
    }

    /** All commands, those of groups too; each after its group. */
    static List<CommandLine> commands() {
        CommandLine line = Commands.of(CommandLineRun.PIPE, (settings, next) -> 0);
        return below(line).toList();
    }

    private static Stream<CommandLine> below(CommandLine line) {
        // A command with an alias is there twice.
        return new ArrayList<>(new LinkedHashSet<>(line.getSubcommands().values()))
                .stream().flatMap(command -> Stream.concat(Stream.of(command), below(command)));
    }
}

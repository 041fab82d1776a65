package io.tenantry.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** All commands of the product: what each of them has, and the reference. */
class CommandReferenceTest {
    private static final Path REFERENCE = Path.of("docs", "cli.md");
    private static final List<CommandLine> COMMANDS = CommandReference.commands();

    static Stream<String> commands() {
        return COMMANDS.stream().map(line -> line.getCommandSpec().qualifiedName());
    }

    private static CommandSpec spec(String command) {
        return COMMANDS.stream()
                .map(CommandLine::getCommandSpec)
                .filter(spec -> spec.qualifiedName().equals(command))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theReferenceIsWhatTheCommandsSay() throws IOException {
        String text = CommandReference.text();

        assertThat(Files.readString(REFERENCE))
                .as("%s must be:%n%n%s%n%nthe difference:", REFERENCE, text)
                .isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void saysWhatItDoesWithAnExample(String command) {
        CommandSpec spec = spec(command);

        assertThat(spec.usageMessage().description()).isNotEmpty();
        assertThat(List.of(spec.usageMessage().footer()))
                .anyMatch(line -> line.startsWith("Example"))
                .anyMatch(line -> line.contains(command));
        assertThat(spec.optionsMap()).containsKey("--help");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void takesTheOptionsThatAllHave(String command) {
        boolean group = !spec(command).subcommands().isEmpty();
        List<String> none = List.of("tenantry run", "tenantry generate-completion");

        if (!group && !none.contains(command)) {
            assertThat(spec(command).optionsMap()).containsKeys("--config", "--json");
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void describesEachOption(String command) {
        assertThat(spec(command).options())
                .allSatisfy(option -> assertThat(option.description())
                        .as(option.longestName())
                        .isNotEmpty());
        assertThat(spec(command).positionalParameters())
                .allSatisfy(parameter -> assertThat(parameter.description()).isNotEmpty());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void fitsIntoALineOfATerminal(String command) {
        CommandLine line = spec(command).commandLine();

        assertThat(Arrays.asList(line.getUsageMessage(CommandLine.Help.Ansi.OFF).split("\n")))
                .allMatch(text -> text.length() <= 80);
    }

    @Test
    void completesItsCommandsInABash() {
        CommandLineRun completion = CommandLineRun.of(CommandLineRun.PIPE, List.of(), "generate-completion");

        assertThat(completion.status()).isZero();
        assertThat(completion.out()).contains("complete -F _complete_tenantry").contains("tenantry");
    }
}

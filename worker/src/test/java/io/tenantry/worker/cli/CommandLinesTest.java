package io.tenantry.worker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.operator.OperationFailedException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What all commands have in common, with a command of the test's own. */
class CommandLinesTest {
    private interface Work {
        int run(Invocation invocation) throws Exception;
    }

    @Command(name = "probe", description = "A probe.")
    private static final class Probe extends OperatorCommand {
        private final Work work;

        @Option(names = "--limit")
        private int limit = 1;

        Probe(Environment environment, Work work) {
            super(environment);
            this.work = work;
        }

        @Override
        protected int run(Invocation invocation) throws Exception {
            if (limit < 0) {
                throw usage("--limit " + limit + " is below 0");
            }
            return work.run(invocation);
        }
    }

    private record Seen(String tenant, Instant at, @Nullable String version) {}

    private static CommandLineRun run(Environment environment, Work work, String... arguments) {
        return CommandLineRun.of(environment, List.of(new Probe(environment, work)), arguments);
    }

    private static CommandLineRun run(Work work) {
        return run(CommandLineRun.PIPE, work, "probe");
    }

    @Test
    void endsWithTheStatusOfTheCommand() {
        CommandLineRun probe = run(invocation -> {
            invocation.output().line("data");
            invocation.output().note("progress");
            return ExitStatus.FAILED;
        });

        assertThat(probe).isEqualTo(new CommandLineRun(1, "data\n", "progress\n"));
    }

    @Test
    void saysWhatCouldNotBeDone() {
        CommandLineRun probe = run(invocation -> {
            throw new OperationFailedException("server a is away; start it");
        });

        assertThat(probe).isEqualTo(new CommandLineRun(1, "", "tenantry: server a is away; start it\n"));
    }

    @Test
    void namesTheNextCommandWithTheSettingsOfThisOne() {
        CommandLineRun probe = run(
                CommandLineRun.PIPE,
                invocation -> {
                    throw new OperationFailedException("no topic a; `tenantry topics` creates it");
                },
                "probe",
                "--config",
                "prod.yaml",
                "--json");

        assertThat(probe.err()).isEqualTo("tenantry: no topic a; `tenantry topics --config prod.yaml` creates it\n");
        assertThat(probe.out()).contains("`tenantry topics --config prod.yaml`");
    }

    @Test
    void saysThatABugIsOneWithoutAStackTrace() {
        CommandLineRun probe = run(invocation -> {
            throw new IllegalStateException("no such state");
        });

        assertThat(probe.status()).isEqualTo(1);
        assertThat(probe.err())
                .contains("bug", "no such state", "CommandLinesTest.java:")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"probe --unknown", "nothing", "", "probe --limit -1", "probe --limit x", "probe --config"})
    void refusesWrongOptionsAndSaysWhereHelpIs(String arguments) {
        CommandLineRun probe =
                run(CommandLineRun.PIPE, invocation -> 0, arguments.isEmpty() ? new String[0] : arguments.split(" "));

        assertThat(probe.status()).isEqualTo(2);
        assertThat(probe.out()).isEmpty();
        assertThat(probe.err()).startsWith("tenantry: ").contains("--help`").hasLineCount(2);
    }

    @Test
    void namesTheCommandThatWasMeant() {
        assertThat(run(CommandLineRun.PIPE, invocation -> 0, "prob").err()).contains("Did you mean: tenantry probe?");
    }

    @Test
    void namesAllFaultsOfTheSettings(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("tenantry.yaml"), "kafka:\n  colour: red\n");

        CommandLineRun probe = run(
                CommandLineRun.PIPE,
                invocation -> {
                    var unused = invocation.settings();
                    return 0;
                },
                "probe",
                "--config",
                file.toString());

        assertThat(probe.status()).isEqualTo(2);
        assertThat(probe.err())
                .startsWith("tenantry: the settings cannot be used:\n  ")
                .contains("kafka.colour", "kafka.bootstrap-servers", "registry.url");
    }

    @Test
    void readsNoSettingsBeforeTheyAreNeeded() {
        assertThat(run(CommandLineRun.PIPE, invocation -> 0, "probe", "--config", "missing")
                        .status())
                .isZero();
    }

    @Test
    void quietensTheLogBeforeTheCommand() {
        AtomicBoolean quiet = new AtomicBoolean();
        Environment environment = new Environment(
                Map.of(), new java.util.Properties(), false, () -> quiet.set(true), ProcessSignals.NONE);

        assertThat(run(environment, invocation -> quiet.get() ? 0 : 1, "probe").status())
                .isZero();
    }

    @Test
    void escapesWhatWouldMoveTheCursor() {
        CommandLineRun probe = run(invocation -> {
            invocation.output().line("a\u001b[2J\nb\u202ec");
            invocation.output().block("SELECT\t1;\n\u0007");
            invocation.output().table(new TextTable("name").row("x\r\u0085y"));
            invocation.output().note("\u001b[0m");
            return 0;
        });

        assertThat(probe.out()).isEqualTo("a\\u001b[2J\\nb\\u202ec\nSELECT\t1;\n\\u0007\nname\nx\\r\\u0085y\n");
        assertThat(probe.err()).isEqualTo("\\u001b[0m\n");
    }

    @Test
    void writesJsonInOneLineOfAscii() {
        CommandLineRun probe = run(
                CommandLineRun.PIPE,
                invocation -> {
                    assertThat(invocation.output().isJson()).isTrue();
                    invocation.output().json(new Seen("ä\n", Instant.EPOCH, null));
                    return 0;
                },
                "probe",
                "--json");

        assertThat(probe.out()).isEqualTo("{\"tenant\":\"\\u00E4\\n\",\"at\":\"1970-01-01T00:00:00Z\"}\n");
    }

    @Test
    void alignsTheColumnsOfATable() {
        CommandLineRun probe = run(invocation -> {
            invocation
                    .output()
                    .table(new TextTable("tenant", "version", "count")
                            .row("acme", null, 7)
                            .row(Colour.BAD, "a-long-name", "2.1", 12345));
            return 0;
        });

        assertThat(probe.lines())
                .containsExactly(
                        "tenant       version  count", "acme         -            7", "a-long-name  2.1      12345");
    }

    @Test
    void showsColoursOnATerminalOnly() {
        Work red = invocation -> {
            invocation.output().line(Colour.BAD, "failed");
            return 0;
        };

        assertThat(run(CommandLineRun.TERMINAL, red, "probe").out()).isEqualTo("\u001b[31mfailed\u001b[0m\n");
        assertThat(List.of(
                        CommandLineRun.PIPE,
                        CommandLineRun.environment(true, Map.of("TERM", "dumb")),
                        CommandLineRun.environment(true, Map.of()),
                        CommandLineRun.environment(true, Map.of("TERM", "xterm", "NO_COLOR", "1"))))
                .allSatisfy(environment ->
                        assertThat(run(environment, red, "probe").out()).isEqualTo("failed\n"));
    }

    @Test
    void showsItsHelpWithoutColoursInAPipe() {
        assertThat(run(CommandLineRun.PIPE, invocation -> 0, "probe", "--help").out())
                .contains("--config", "--json", "tenantry.yaml")
                .doesNotContain("\u001b");
        assertThat(run(CommandLineRun.TERMINAL, invocation -> 0, "--help").out())
                .contains("\u001b");
    }

    @Test
    void endsAtOnceAndSilentlyWhenNobodyReadsItsOutput() {
        CommandLine line =
                CommandLines.of("1", CommandLineRun.PIPE, List.of(new Probe(CommandLineRun.PIPE, invocation -> {
                    invocation.output().line("one");
                    throw new AssertionError("it went on");
                })));
        StringWriter err = new StringWriter();
        line.setErr(new PrintWriter(err, true));
        PrintStream closed = new PrintStream(OutputStream.nullOutputStream());
        closed.close();
        line.setOut(new PrintWriter(closed, true, UTF_8));

        assertThat(line.execute("probe")).isEqualTo(141);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void printsItsVersion() {
        assertThat(run(CommandLineRun.PIPE, invocation -> 0, "--version").out()).isEqualTo("tenantry 1.2\n");
    }
}

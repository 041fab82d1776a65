package io.tenantry.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.CommandSpec;

/** {@code --json} writes JSON on standard output also when a command cannot do its work. */
class JsonOfFailuresTest {
    private static final List<String> COMMANDS = List.of(
            "status",
            "tenants",
            "tenant acme",
            "onboard acme",
            "migrate acme",
            "migrate acme --dry-run",
            "rollout start r1",
            "rollout watch r1",
            "rollout show r1",
            "rollout list",
            "rollout pause r1",
            "rollout resume r1",
            "rollout retry-failed r1",
            "rollout abort r1 --reason x",
            "dead-letters list",
            "dead-letters show tenant.created-dlt-0@1",
            "dead-letters replay --all",
            "registry rebuild",
            "tenants forget acme",
            "adopt --database users --pattern tenant_{tenant}",
            "drift",
            "verify",
            "config check",
            "topics");

    @TempDir
    private Path folder;

    @Test
    void knowsAllCommandsThatHaveTheOption() {
        List<String> all = new ArrayList<>();
        collect(CommandLineRun.product().getCommandSpec(), "", all);

        assertThat(COMMANDS).allMatch(command -> all.stream().anyMatch(command::startsWith));
        assertThat(all).allMatch(command -> COMMANDS.stream().anyMatch(one -> (one + " ").startsWith(command + " ")));
    }

    private static void collect(CommandSpec spec, String path, List<String> all) {
        if (spec.optionsMap().containsKey("--json")) {
            all.add(path.strip());
        }
        for (var below : spec.subcommands().entrySet()) {
            collect(below.getValue().getCommandSpec(), path + " " + below.getKey(), all);
        }
    }

    @Test
    void saysThatTheSettingsAreMissingOrWrong() throws IOException {
        String broken =
                Files.writeString(folder.resolve("broken.yaml"), "kafka: [\n").toString();
        String wrong = Files.writeString(folder.resolve("wrong.yaml"), "kafka:\n  colour: red\n")
                .toString();
        for (String command : COMMANDS) {
            for (String file : List.of(folder.resolve("missing.yaml").toString(), broken, wrong)) {
                CommandLineRun run = run(command + " --json --config " + file);

                assertThat(run.status()).as(command).isEqualTo(2);
                assertThat(run.json()).as(command).singleElement().satisfies(line -> {
                    assertThat(line.at("/faults")).isNotEmpty();
                    assertThat(line.at("/faults/0").asText()).isNotBlank();
                });
            }
        }
    }

    @Test
    void saysThatOptionsAreWrong() {
        for (String command : COMMANDS) {
            JsonNode line = failure(run(command + " --json --colour"), 2);

            assertThat(line.at("/error").asText()).isEqualTo("usage");
            assertThat(line.at("/message").asText()).contains("--colour");
        }
    }

    private static JsonNode failure(CommandLineRun run, int status) {
        assertThat(run.status()).isEqualTo(status);
        assertThat(run.err()).startsWith("tenantry: ");
        assertThat(run.json()).hasSize(1);
        return run.json().get(0);
    }

    private static CommandLineRun run(String command) {
        return CommandLineRun.of(CommandLineRun.product(), command.split(" "));
    }
}

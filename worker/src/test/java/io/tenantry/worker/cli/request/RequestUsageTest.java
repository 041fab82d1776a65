package io.tenantry.worker.cli.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.cli.ExitStatus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with options is said before anything is sent. */
class RequestUsageTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "onboard | TENANT",
                "onboard acme Acme! two/ | not the name of a tenant: Acme!, two/; expected [a-z0-9][a-z0-9_-]{0,47}; nothing was sent",
                "onboard acme --databases orders | database orders is not configured; configured: users, billing",
                "onboard acme --databases billing | database billing is shared by all tenants",
                "onboard acme --timeout 5m | --timeout needs --wait",
                "onboard acme --wait --timeout soon | --timeout is \"soon\"; expected a duration such as 30s, 5m or 1h",
                "onboard acme --attribute plan | plan",
                "onboard - | standard input has none",
                "migrate | a tenant is missing, or --database with a shared database",
                "migrate - | standard input has no name of a tenant",
                "migrate acme --database billing | --database billing is a shared database in place of tenants",
                "migrate --database users | database users is not shared by all tenants: name tenants",
                "migrate acme --databases billing | `migrate --database billing` migrates it",
                "migrate acme --to newest | target is \"newest\"; expected \"latest\" or a version such as 11 or 2.1",
                "migrate acme --databases users,users | twice"
            })
    void saysWhatIsWrong(String arguments, String fault) throws IOException {
        CommandLineRun run = run("", arguments.split(" "));

        assertThat(run.status()).isEqualTo(ExitStatus.UNUSABLE);
        assertThat(run.err()).startsWith("tenantry: ").contains(fault).contains("--help`");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void readsNamesFromStandardInput() {
        assertThat(Names.tenants(List.of("first", "-", "b"), input("a\nb  c\n\n")))
                .containsExactly("first", "a", "b", "c");
    }

    private static ByteArrayInputStream input(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private CommandLineRun run(String input, String... arguments) throws IOException {
        Path settings = Files.writeString(folder.resolve("tenantry.yaml"), """
                kafka:
                  bootstrap-servers: localhost:1
                registry:
                  url: jdbc:postgresql://localhost:1/tenantry
                  user: tenantry
                servers:
                  main:
                    url: jdbc:postgresql://localhost:1/app
                    user: app
                    max-connections: 4
                databases:
                  users:
                    server: main
                    isolation: schema
                    location: "users_{tenant}"
                    migrations: filesystem:%1$s
                  billing:
                    server: main
                    isolation: shared
                    location: billing
                    migrations: filesystem:%1$s
                """.formatted(folder));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--config");
        all.add(settings.toString());
        var environment = CommandLineRun.PIPE;
        return CommandLineRun.of(
                environment,
                List.of(new Onboard(environment, input(input)), new Migrate(environment, input(input))),
                all.toArray(String[]::new));
    }
}

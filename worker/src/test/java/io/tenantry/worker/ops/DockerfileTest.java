package io.tenantry.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.App;
import io.tenantry.worker.config.read.SettingVariables;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** ops/docker/Dockerfile without Docker. */
class DockerfileTest {
    private static final String FILE = ComposeFile.textOf("ops/docker/Dockerfile");

    @Test
    void javaIsProcessOne() {
        assertThat(FILE).contains("ENTRYPOINT [\"java\", ", "\"" + App.class.getName() + "\"]");
    }

    @Test
    void theUserIsNumericAndNotRoot() {
        assertThat(found("^USER (.*)$")).containsExactly("10001:10001");
    }

    @Test
    void javaHasTheOptionsOfTheReadme() {
        String readme = ComposeFile.textOf("README.md").replaceAll("\\\\\\n\\s*", "");

        assertThat(found("JDK_JAVA_OPTIONS=\"([^\"]*)\""))
                .singleElement()
                .satisfies(options -> assertThat(readme).contains("java " + options + " -jar"));
    }

    @Test
    void whatItSetsIsASetting() {
        assertThat(found("(TENANTRY_\\w+)=")).isNotEmpty().allMatch(SettingVariables::isSetting);
    }

    @Test
    void thePortIsTheDefaultOneThatTheHealthCheckAsks() throws Exception {
        String port = Integer.toString(ComposeFileTest.exampleSettings().http().port());

        assertThat(found("^EXPOSE (.*)$")).containsExactly(port);
        assertThat(ComposeFile.textOf("ops/docker/health")).contains("${TENANTRY_HTTP_PORT:-" + port + "}");
    }

    @Test
    void theLayerOfTheDependenciesIsBelowWhatEachReleaseChanges() {
        assertThat(found("^COPY --from=files (\\S+) ")).first().isEqualTo("/opt/tenantry/lib");
        assertThat(found("^COPY --from=files .* (\\S+)$")).last().isEqualTo("/opt/tenantry/app");
    }

    @Test
    void onlyWhatIsCopiedGoesToTheBuild() {
        List<String> included = ComposeFile.textOf(".dockerignore")
                .lines()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();

        assertThat(found("^COPY ([^-].*) \\S+$"))
                .singleElement()
                .satisfies(sources ->
                        assertThat(sources.replace("[w]", "w").split(" ")).containsExactlyElementsOf(included));
    }

    private static List<String> found(String pattern) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(FILE)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}

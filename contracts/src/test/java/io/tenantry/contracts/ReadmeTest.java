package io.tenantry.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private static final Pattern ROLLOUT =
            Pattern.compile("```json\\n(\\{\"rollout\".*?)```|`(\\{\"rollout\"[^`]*)`", Pattern.DOTALL);

    private String readme = "";

    @BeforeEach
    void read() throws IOException {
        readme = Files.readString(Path.of("README.md"), UTF_8);
    }

    @Test
    void everyRequestForARolloutIsValid() throws InvalidEventException {
        List<String> requests =
                ROLLOUT.matcher(readme).results().map(ReadmeTest::json).toList();
        assertThat(requests).hasSizeGreaterThan(RolloutAction.values().length);
        for (String request : requests) {
            assertThat(Schemas.errors(EventType.ROLLOUT_REQUESTED, request)).isEmpty();
            assertThat(Received.event(EventType.ROLLOUT_REQUESTED)
                            .key(Sample.JSON.readTree(request).get("rollout").stringValue())
                            .value(request)
                            .data())
                    .isInstanceOf(RolloutRequested.class);
        }
        assertThat(readme)
                .contains(Arrays.stream(RolloutAction.values())
                        .map(RolloutAction::wireName)
                        .toList());
    }

    @Test
    void everyEventOfARolloutIsInTheTable() {
        Arrays.stream(EventType.values())
                .filter(type -> type.topic() == Topic.ROLLOUT_RESULTS)
                .map(type -> type.fileName().substring("rollout-".length()))
                .forEach(name -> assertThat(readme).contains("\n| `" + name + "` | "));
    }

    private static String json(MatchResult match) {
        return match.group(1) == null ? match.group(2) : match.group(1);
    }
}

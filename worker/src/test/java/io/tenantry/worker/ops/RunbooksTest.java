package io.tenantry.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each alert has a runbook, and a runbook names nothing that does not exist. Its metrics are tested on a live worker. */
class RunbooksTest {
    private static final int LINES_OF_A_PAGE = 60;
    private static final Pattern SETTING_ROW = Pattern.compile("\\| `([a-z.<>-]+)` \\|.*");
    private static final Pattern SETTING =
            Pattern.compile("`((?:kafka|registry|servers|databases|worker|retry|http)\\.[a-z.<>-]+)`");
    private static final Pattern TOPIC = Pattern.compile("-t ([a-z.-]+)|\"topic\":\"([a-z.-]+)\"");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)");
    private static final Pattern ALERT = Pattern.compile("\\bTenantry[A-Z]\\w+");
    private static final Pattern PATH_OF_ENDPOINT = Pattern.compile("localhost:8080(/[\\w/]+)");
    private static final Pattern SAID_BY_THE_WORKER = Pattern.compile("\"([^\"`\\v]+)\"");
    private static final Pattern CODE = Pattern.compile("```.*?```|`[^`]*`", Pattern.DOTALL);

    static List<String> alerts() throws IOException {
        return OpsFiles.alerts().stream().map(OpsFiles.Rule::name).toList();
    }

    @Test
    void eachAlertHasARunbookAndEachRunbookAnAlert() throws Exception {
        assertThat(alerts()).doesNotHaveDuplicates();
        assertThat(OpsFiles.runbooks().keySet()).containsExactlyInAnyOrderElementsOf(alerts());
    }

    @Test
    void eachAlertHasAWaitASeverityTextsAndItsRunbook() throws Exception {
        for (OpsFiles.Rule alert : OpsFiles.alerts()) {
            assertThat(alert.content().path("for").asText())
                    .as("for of %s", alert.name())
                    .isNotEmpty();
            assertThat(alert.content().at("/labels/severity").asText())
                    .as("severity of %s", alert.name())
                    .isIn("critical", "warning");
            assertThat(alert.annotation("summary"))
                    .as("summary of %s", alert.name())
                    .isNotEmpty();
            assertThat(alert.annotation("description"))
                    .as("description of %s", alert.name())
                    .endsWith(".");
            assertThat(alert.annotation("runbook_url")).isEqualTo("ops/runbooks/" + alert.name() + ".md");
        }
    }

    @Test
    void eachAlertIsTestedFiringAndNotFiring() throws Exception {
        for (String alert : alerts()) {
            List<Boolean> fires = OpsFiles.yaml(OpsFiles.RULE_TESTS).findValues("alert_rule_test").stream()
                    .flatMap(tests ->
                            Stream.iterate(0, i -> i < tests.size(), i -> i + 1).map(tests::get))
                    .filter(test -> test.path("alertname").asText().equals(alert))
                    .map(test -> !test.path("exp_alerts").isEmpty())
                    .toList();
            assertThat(fires).as(alert).contains(true, false);
        }
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void isOnePageOfThreeParts(String alert) throws Exception {
        List<String> lines = text(alert).lines().toList();

        assertThat(lines).hasSizeLessThanOrEqualTo(LINES_OF_A_PAGE);
        assertThat(lines.get(0)).isEqualTo("# " + alert);
        assertThat(lines.stream().filter(line -> line.startsWith("##")))
                .containsExactly("## What to look at", "## What to do");
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void namesNothingThatDoesNotExist(String alert) throws Exception {
        String text = text(alert);

        assertThat(found(SETTING, text)).as("settings").isSubsetOf(settings());
        assertThat(found(TOPIC, text)).as("topics").isSubsetOf(topics());
        assertThat(found(ALERT, text)).as("alerts").isSubsetOf(alerts());
        assertThat(found(PATH_OF_ENDPOINT, text)).as("paths").isSubsetOf("/metrics", "/health/live", "/health/ready");
        for (String link : found(LINK, text)) {
            assertThat(OpsFiles.OPS.resolve("runbooks").resolve(link))
                    .as("link")
                    .exists();
        }
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void quotesOnlyWhatAWorkerOrAServerSays(String alert) throws Exception {
        String sources = sources();

        for (String quotation :
                found(SAID_BY_THE_WORKER, CODE.matcher(text(alert)).replaceAll(""))) {
            if (!Set.of("too many clients", "tenantry").contains(quotation)) {
                assertThat(sources).contains(quotation);
            }
        }
    }

    /** By default kubectl prints the last 10 lines of each pod, and compose leaves out containers that ended. */
    @Test
    void commandsPrintAllThatIsAskedFor() throws Exception {
        List<String> pages = new ArrayList<>(OpsFiles.runbooks().values());
        pages.add(introduction());

        assertThat(pages).allSatisfy(page -> {
            assertThat(page).doesNotContainPattern("kubectl logs -l (?![^`\n]*--tail=-1)");
            assertThat(page).doesNotContainPattern("docker compose ps (?!-a )");
            if (page.contains("curl -s localhost:8080")) {
                assertThat(page).contains("kubectl port-forward POD 8080", "docker compose port --index 1 worker 8080");
            }
        });
    }

    private static String introduction() throws IOException {
        return Files.readString(OpsFiles.OPS.resolve("runbooks/README.md"));
    }

    private static String text(String alert) throws IOException {
        return OpsFiles.runbooks().getOrDefault(alert, "");
    }

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(RunbooksTest::firstGroup).collect(Collectors.toSet());
    }

    private static String firstGroup(MatchResult result) {
        for (int group = 1; group <= result.groupCount(); group++) {
            String text = result.group(group);
            if (text != null) {
                return text;
            }
        }
        return result.group();
    }

    /** The keys of the table in the worker's README, which is that of the code. */
    private static Set<String> settings() throws IOException {
        return Files.readAllLines(Path.of("README.md")).stream()
                .flatMap(line -> SETTING_ROW.matcher(line).results())
                .map(row -> row.group(1))
                .collect(Collectors.toSet());
    }

    private static Set<String> topics() {
        return Arrays.stream(Topic.values())
                .flatMap(topic -> topic.hasDeadLetters()
                        ? Stream.of(topic.name(""), topic.deadLetterName(""))
                        : Stream.of(topic.name("")))
                .collect(Collectors.toSet());
    }

    /** All code of the worker, with the parts of each message in one. */
    private static String sources() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString().replaceAll("\"\\s*\\+\\s*\"", "");
    }
}

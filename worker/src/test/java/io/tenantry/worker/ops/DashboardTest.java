package io.tenantry.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenantry.worker.ops.MetricNames.Use;
import io.tenantry.worker.ops.PromQl.Grouping;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DashboardTest {
    private static final Set<String> ADD_UP = Set.of("sum", "count", "avg");
    private static final Pattern SAME_ON_ALL_WORKERS = Pattern.compile("\\| `(\\w+)` \\|.*\\| max, fleet \\|.*");
    private static final Pattern LEGEND_LABEL = Pattern.compile("\\{\\{(\\w+)}}");

    @Test
    void canBeProvisionedByFile() throws Exception {
        JsonNode dashboard = OpsFiles.dashboard();

        assertThat(dashboard.path("uid").asText()).isEqualTo("tenantry");
        assertThat(dashboard.path("schemaVersion").asInt()).isEqualTo(42);
        // What only an export for other people has, or the database of one Grafana.
        assertThat(dashboard.has("__inputs")).isFalse();
        assertThat(dashboard.has("__requires")).isFalse();
        assertThat(dashboard.has("id")).isFalse();
        assertThat(dashboard.findValuesAsText("uid"))
                .containsOnly("tenantry", "-- Grafana --", "${datasource}")
                .contains("${datasource}");
    }

    @Test
    void eachPanelHasAnIdAUnitADescriptionAndAPlaceOfItsOwn() throws Exception {
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : OpsFiles.dashboard().path("panels")) {
            String title = panel.path("title").asText();
            assertThat(ids.add(panel.path("id").asInt())).as("id of %s", title).isTrue();
            for (String cell : cells(panel.path("gridPos"))) {
                assertThat(cells.add(cell)).as("%s at %s", title, cell).isTrue();
            }
            if (!panel.path("type").asText().equals("row")) {
                assertThat(panel.at("/fieldConfig/defaults/unit").asText())
                        .as("unit of %s", title)
                        .isNotEmpty();
                assertThat(panel.path("description").asText())
                        .as("description of %s", title)
                        .endsWith(".");
                assertThat(panel.path("targets")).as("targets of %s", title).isNotEmpty();
            }
        }
        assertThat(ids).hasSizeGreaterThan(20);
    }

    @Test
    void aLegendNamesOnlyLabelsThatAreLeft() throws Exception {
        for (JsonNode panel : OpsFiles.dashboard().path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                Set<String> left = PromQl.of(target.path("expr").asText()).groupings().stream()
                        .flatMap(grouping -> grouping.labels().stream())
                        .collect(Collectors.toSet());
                assertThat(LEGEND_LABEL
                                .matcher(target.path("legendFormat").asText())
                                .results()
                                .map(label -> label.group(1)))
                        .as(panel.path("title").asText())
                        .isSubsetOf(left);
            }
        }
    }

    @Test
    void whatAllWorkersReportAlikeIsNeverAddedUp() throws Exception {
        assertThat(addedUp(MetricNames.uses())).isEmpty();
        assertThat(addedUp(List.of(new Use("here", "max(sum by (version) (tenantry_tenants))"))))
                .containsExactly("here: sum of tenantry_tenants");
    }

    /** A counter with a new error begins at 1: rate() and increase() do not see that step, the recorded metric does. */
    @Test
    void theFirstFailureIsSeen() throws Exception {
        List<String> failures = MetricNames.uses().stream()
                .filter(use -> use.where().startsWith("panel Failed"))
                .map(Use::text)
                .toList();

        assertThat(failures)
                .hasSize(2)
                .allSatisfy(text -> assertThat(text)
                        .contains("job_type_error:tenantry_requests_failed:increase10m")
                        .doesNotContain("tenantry_requests_seconds_count"));
    }

    private static List<String> addedUp(List<Use> uses) throws IOException {
        Set<String> fleetWide = Files.readAllLines(OpsFiles.OPS.resolve("README.md")).stream()
                .flatMap(line -> SAME_ON_ALL_WORKERS.matcher(line).results())
                .map(row -> row.group(1))
                .collect(Collectors.toSet());
        assertThat(fleetWide).contains("tenantry_tenants");
        List<String> faults = new ArrayList<>();
        for (Use use : uses) {
            for (Grouping grouping : use.expression().groupings()) {
                grouping.selectors().stream()
                        .filter(selector -> fleetWide.contains(selector.metric())
                                && ADD_UP.contains(grouping.operator())
                                && !grouping.labels().contains("instance"))
                        .forEach(selector ->
                                faults.add(use.where() + ": " + grouping.operator() + " of " + selector.metric()));
            }
        }
        return faults;
    }

    private static List<String> cells(JsonNode place) {
        List<String> cells = new ArrayList<>();
        for (int x = 0; x < place.path("w").asInt(); x++) {
            for (int y = 0; y < place.path("h").asInt(); y++) {
                cells.add((place.path("x").asInt() + x) + "," + (place.path("y").asInt() + y));
            }
        }
        return cells;
    }
}

package io.tenantry.worker.engine.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HazardKindTest {
    @Test
    void thePageNamesEachHazardAndEachHasACase() throws Exception {
        String page = Files.readString(Path.of("docs/verify.md"));
        String cases = Files.readString(Path.of("src/test/resources/hazard/scripts.sql"));

        assertThat(Arrays.stream(HazardKind.values()).map(HazardKind::id))
                .allSatisfy(id -> assertThat(page).contains("`" + id + "`"))
                // RehearsalIT has those that only a walk finds.
                .filteredOn(id -> !id.equals(HazardKind.ADDING_REQUIRED_FIELD.id())
                        && !id.equals(HazardKind.UNQUOTED_SCHEMA.id()))
                .allSatisfy(id -> assertThat(cases).contains("-- finds: " + id));
    }
}

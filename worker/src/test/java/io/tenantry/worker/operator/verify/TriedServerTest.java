package io.tenantry.worker.operator.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TriedServerTest {
    @Test
    void theFirstServerOfEachVersionStandsForTheOthersOfIt() {
        Map<String, OptionalInt> versions = new LinkedHashMap<>();
        versions.put("a", OptionalInt.of(17));
        versions.put("b", OptionalInt.of(18));
        versions.put("away", OptionalInt.empty());
        versions.put("c", OptionalInt.of(17));
        versions.put("gone", OptionalInt.empty());

        assertThat(TriedServer.eachVersion(versions))
                .containsExactly(
                        new TriedServer("a", List.of("c")),
                        new TriedServer("b", List.of()),
                        new TriedServer("away", List.of()),
                        new TriedServer("gone", List.of()));
    }
}

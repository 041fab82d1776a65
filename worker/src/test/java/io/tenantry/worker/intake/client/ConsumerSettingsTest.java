package io.tenantry.worker.intake.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.KafkaSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsumerSettingsTest {
    @Test
    void whatTheClientBuffersOfFiveHundredPartitionsIsASmallPartOfASmallHeap() {
        assertThat(500L * ConsumerSettings.MAX_PARTITION_FETCH_BYTES).isLessThanOrEqualTo((256 << 20) / 8);
    }

    @Test
    void theUserMayReadMoreAtATimeAndMayNotBreakAGuarantee() {
        Map<String, Object> settings = ConsumerSettings.of(new KafkaSettings(
                "nowhere:1",
                "group",
                GroupProtocol.CLASSIC,
                3,
                (short) 1,
                "",
                Map.of("max.poll.records", "7", "isolation.level", "read_uncommitted")));

        assertThat(settings).containsEntry("max.poll.records", "7").containsEntry("isolation.level", "read_committed");
        assertThat(settings).containsEntry("fetch.max.bytes", ConsumerSettings.FETCH_MAX_BYTES);
    }
}

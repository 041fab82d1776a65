package io.tenantry.worker.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.HaltRule;
import io.tenantry.worker.registry.rollout.WaveRow;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HaltVerdictTest {
    @ParameterizedTest
    @CsvSource({
        "0, 100, 0, false",
        "0, 100, 1, true",
        "2, 100, 2, false",
        "2, 100, 3, true",
        "2, 149, 2, false",
        "2, 149, 3, true",
        "2, 150, 3, false",
        "1, 10, 1, true",
        "100, 10, 10, false",
    })
    void aWaveHaltsWhenMoreThanItsShareHasFailed(int percent, int members, int failed, boolean halts) {
        assertThat(halts(null, percent, Rows.wave(1, members, failed))).isEqualTo(halts);
    }

    @Test
    void maxFailuresIsOfTheWholeRollout() {
        List<WaveRow> waves = List.of(Rows.wave(1, 10, 2), Rows.wave(2, 90, 1));
        assertThat(new HaltVerdict(new HaltRule(3, null)).of(waves)).isEmpty();
        assertThat(new HaltVerdict(new HaltRule(2, null)).of(waves))
                .contains("3 of the 100 tenants of the rollout failed; at most 2 may fail (maxFailures)");
    }

    @Test
    void aLimitThatIsLeftOutBesideAnotherIsNone() {
        assertThat(halts(5, null, Rows.wave(1, 5, 5))).isFalse();
        assertThat(halts(null, 100, Rows.wave(1, 5000, 5000))).isFalse();
    }

    @Test
    void theReasonNamesCountLimitAndDenominator() {
        assertThat(new HaltVerdict(new HaltRule(null, 2)).of(List.of(Rows.wave(1, 10, 0), Rows.wave(2, 995, 25))))
                .contains("wave 2: 25 of its 995 tenants failed; at most 19 may fail (maxFailurePercent 2)");
    }

    private static boolean halts(@Nullable Integer failures, @Nullable Integer percent, WaveRow wave) {
        return new HaltVerdict(new HaltRule(failures, percent))
                .of(List.of(wave))
                .isPresent();
    }
}

package io.tenantry.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FreePortTest {
    /** So many that two of them would be the same, were they drawn without a memory: once in 10^50 runs they would not. */
    private static final int PICKS = 2_000;

    @Test
    void picksNoPortTwice() {
        List<Integer> picked = Stream.generate(FreePort::pick).limit(PICKS).toList();

        assertThat(picked).doesNotHaveDuplicates();
    }
}

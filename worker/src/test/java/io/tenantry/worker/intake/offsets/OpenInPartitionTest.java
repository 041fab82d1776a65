package io.tenantry.worker.intake.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OpenInPartitionTest {
    private final OpenInPartition open = new OpenInPartition();

    @Test
    void nothingIsOpenAtFirst() {
        assertThat(open.count()).isZero();
        assertThat(open.oldestNanos()).isEmpty();
    }

    @Test
    void countsWhatIsReceivedUntilItIsCommitted() {
        open.received(5, seconds(10));
        open.received(6, seconds(11));
        assertThat(open.count()).isEqualTo(2);
        assertThat(open.oldestNanos()).contains(seconds(10));

        open.committed(1, 6);

        assertThat(open.count()).isEqualTo(1);
        assertThat(open.oldestNanos()).contains(seconds(11));
    }

    @Test
    void theOldestIsTheOneAtTheWatermark() {
        open.received(5, seconds(10));
        open.received(6, seconds(20));
        open.received(7, seconds(30));

        open.committed(1, 5);
        assertThat(open.oldestNanos()).contains(seconds(10));
        open.committed(1, 7);
        assertThat(open.oldestNanos()).contains(seconds(30));
        open.committed(0, 8);
        assertThat(open.oldestNanos()).isEmpty();
    }

    @Test
    void aNewRequestAfterAllWereSettledHasItsOwnAge() {
        open.received(5, seconds(10));
        open.committed(0, 6);
        open.received(6, seconds(10) + 1);

        assertThat(open.oldestNanos()).contains(seconds(10) + 1);
    }

    @Test
    void manyReceiptsKeepAgesNearlyRight() {
        int last = 20_000;
        for (int offset = 0; offset <= last; offset++) {
            open.received(offset, seconds(offset));
        }

        for (int watermark = 0; watermark <= last; watermark += 100) {
            open.committed(last - watermark + 1, watermark);

            long age = seconds(last) - open.oldestNanos().orElseThrow();
            assertThat(age).isBetween(seconds(last - watermark), seconds(last - watermark) + seconds(last) / 32);
        }
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}

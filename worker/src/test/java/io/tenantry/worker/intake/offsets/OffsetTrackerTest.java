package io.tenantry.worker.intake.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.BitSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetTrackerTest {
    private final OffsetTracker window = OffsetTracker.startingAt(10);

    @Test
    void holdsTheCommitBehindTheOldestPendingOffset() {
        receive(10, 11, 12);
        window.settle(11);
        window.settle(12);
        assertThat(window.watermark()).isEqualTo(10);
        assertThat(window.toCommit().offset()).isEqualTo(10);

        window.settle(10);
        assertThat(window.watermark()).isEqualTo(13);
        assertThat(window.toCommit()).isEqualTo(new OffsetAndMetadata(13, ""));
    }

    @Test
    void knowsWhichOffsetsArePendingAndWhichAreSettled() {
        receive(10, 11);
        window.settle(11);

        assertThat(window.isPending(9)).isFalse();
        assertThat(window.isPending(10)).isTrue();
        assertThat(window.isPending(11)).isFalse();
        assertThat(window.isPending(12)).as("not received").isFalse();
        assertThat(window.isSettled(9)).isTrue();
        assertThat(window.isSettled(10)).isFalse();
        assertThat(window.isSettled(11)).isTrue();
        assertThat(window.isSettled(12)).isFalse();
    }

    @Test
    void whatIsMissingBeforeTheFirstRecordIsSettled() {
        receive(15);

        assertThat(window.watermark()).isEqualTo(15);
        assertThat(window.isPending(15)).isTrue();
        assertThat(window.hasChanged()).isTrue();
    }

    @Test
    void whatIsMissingBetweenRecordsIsSettled() {
        receive(10, 14);
        assertThat(window.isSettled(13)).isTrue();
        assertThat(window.watermark()).isEqualTo(10);

        window.settle(10);
        assertThat(window.watermark()).isEqualTo(14);
    }

    @Test
    void whatThePositionHasPassedOverIsSettled() {
        receive(10);
        window.skipTo(13);
        assertThat(window.watermark()).isEqualTo(10);
        assertThat(window.isSettled(12)).isTrue();

        window.settle(10);
        assertThat(window.watermark()).isEqualTo(13);
    }

    @Test
    void aPositionThatIsBehindChangesNothing() {
        receive(10, 11);
        window.skipTo(11);
        window.skipTo(12);

        assertThat(window.isPending(11)).isTrue();
        assertThat(window.isSettled(12)).isFalse();
        assertThat(window.hasChanged()).isFalse();
    }

    @Test
    void anOffsetThatIsDeliveredAgainIsPendingUntilItIsSettled() {
        assertThat(window.receive(10)).isTrue();
        assertThat(window.receive(11)).isTrue();
        assertThat(window.receive(10)).isTrue();

        window.settle(11);
        assertThat(window.receive(11)).isFalse();
        window.settle(10);
        assertThat(window.receive(10)).isFalse();
        assertThat(window.watermark()).isEqualTo(12);
    }

    @Test
    void settlingTwiceIsSettlingOnce() {
        receive(10, 11);
        window.settle(10);
        window.settle(10);
        window.settle(9);

        assertThat(window.watermark()).isEqualTo(11);
        assertThat(window.isPending(11)).isTrue();
    }

    @Test
    void givesBackWhatWasCommitted() {
        receive(10, 11, 12, 13);
        window.settle(11);
        window.settle(13);

        OffsetTracker restored = OffsetTracker.restore(window.toCommit());

        assertThat(restored.watermark()).isEqualTo(10);
        assertThat(restored.isSettled(11)).isTrue();
        assertThat(restored.isSettled(12)).isFalse();
        assertThat(restored.isSettled(13)).isTrue();
        assertThat(restored.toCommit()).isEqualTo(window.toCommit());
        assertThat(restored.hasChanged()).isFalse();
        assertThat(restored.receive(10)).isTrue();
        assertThat(restored.receive(11)).isFalse();
        assertThat(restored.receive(12)).isTrue();
        assertThat(restored.receive(13)).isFalse();
        restored.settle(10);
        restored.settle(12);
        assertThat(restored.watermark()).isEqualTo(14);
    }

    @Test
    void whatWasPendingMayVanishBeforeItIsDeliveredAgain() {
        receive(10, 11, 12, 13, 14);
        window.settle(12);
        window.settle(13);
        OffsetTracker restored = OffsetTracker.restore(window.toCommit());

        // Retention or compaction has removed 10 and 11 meanwhile.
        assertThat(restored.receive(12)).isFalse();
        assertThat(restored.receive(13)).isFalse();
        assertThat(restored.receive(14)).isTrue();

        assertThat(restored.watermark()).isEqualTo(14);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "2:AAAA",
                "2:x:",
                "2:5:not base64!",
                "2:5:AAAA:",
                "3:5:AA==",
                "1:not base64!",
                "{\"consumer\":\"x\"}",
                "1:",
                "AAAA"
            })
    void metadataOfSomebodyElseIsReadAsNothing(String metadata) {
        OffsetTracker restored = OffsetTracker.restore(new OffsetAndMetadata(10, metadata));

        assertThat(restored.watermark()).isEqualTo(10);
        assertThat(restored.receive(10)).isTrue();
        assertThat(restored.receive(11)).isTrue();
        assertThat(restored.toCommit()).isEqualTo(new OffsetAndMetadata(10, ""));
    }

    @Test
    void givesBackThePositionOfTheLastPublishedEvent() {
        receive(10, 11);
        window.settle(11);
        window.eventPublished(7);

        OffsetTracker restored = OffsetTracker.restore(window.toCommit());

        assertThat(window.toCommit().metadata()).isEqualTo("2:7:Ag==");
        assertThat(restored.eventPosition()).hasValue(7);
        assertThat(restored.isSettled(10)).isFalse();
        assertThat(restored.isSettled(11)).isTrue();
        assertThat(restored.hasChanged()).isFalse();
        assertThat(restored.toCommit()).isEqualTo(window.toCommit());
    }

    @Test
    void aPositionIsToBeCommittedAlthoughNothingIsSettledAndNeverGoesBack() {
        window.eventPublished(7);
        assertThat(window.hasChanged()).isTrue();
        window.committed(window.toCommit());
        assertThat(window.hasChanged()).isFalse();

        window.eventPublished(6);
        window.eventPublished(7);

        assertThat(window.hasChanged()).isFalse();
        assertThat(window.eventPosition()).hasValue(7);
        window.eventPublished(8);
        assertThat(window.hasChanged()).isTrue();
    }

    /** As in a rolling deploy: first the new worker has the partition, then the old one. */
    @Test
    void aWorkerOfTheOldReleaseReadsMetadataWithAPositionAsAnEmptySet() {
        receive(10, 11);
        window.settle(11);
        window.eventPublished(7);

        assertThat(oldReleaseReads(window.toCommit().metadata())).isEqualTo(new BitSet());
    }

    @Test
    void metadataWithoutAPositionIsAsTheOldReleaseWroteIt() {
        receive(10, 11);
        window.settle(11);
        BitSet second = new BitSet();
        second.set(1);

        assertThat(oldReleaseReads(window.toCommit().metadata())).isEqualTo(second);
        OffsetTracker restored = OffsetTracker.restore(new OffsetAndMetadata(10, "1:Ag=="));
        assertThat(restored.eventPosition()).isEmpty();
        assertThat(restored.isSettled(11)).isTrue();
        assertThat(restored.toCommit().metadata()).isEqualTo("1:Ag==");
    }

    /** What the release before rollouts did with it. */
    private static BitSet oldReleaseReads(String metadata) {
        if (!metadata.startsWith("1:")) {
            return new BitSet();
        }
        return BitSet.valueOf(Base64.getDecoder().decode(metadata.substring(2)));
    }

    @Test
    void metadataThatSaysTheWatermarkIsSettledMovesIt() {
        String firstTwo = "1:" + Base64.getEncoder().encodeToString(new byte[] {0b11});
        OffsetTracker restored = OffsetTracker.restore(new OffsetAndMetadata(10, firstTwo));

        assertThat(restored.receive(10)).isFalse();
        assertThat(restored.receive(11)).isFalse();
        assertThat(restored.receive(12)).isTrue();
        assertThat(restored.watermark()).isEqualTo(12);
    }

    @Test
    void theMetadataAlwaysFitsAndWhatDoesNotIsOnlyNotRemembered() {
        long far = 10 + 1_000_000;
        receive(10, far);
        window.settle(far);

        OffsetAndMetadata committed = window.toCommit();
        OffsetTracker restored = OffsetTracker.restore(committed);

        assertThat(committed.metadata()).hasSizeBetween(3000, 4096);
        assertThat(window.isSettled(far)).isTrue();
        assertThat(restored.isSettled(10)).isFalse();
        assertThat(restored.isSettled(11)).isTrue();
        assertThat(restored.isSettled(20_000)).isTrue();
        assertThat(restored.isSettled(far)).isFalse();
        window.settle(10);
        assertThat(window.toCommit()).isEqualTo(new OffsetAndMetadata(far + 1, ""));
    }

    @Test
    void aFullWindowFitsIntoTheMetadata() {
        int polledAtOnce = 500;
        int last = OffsetTracker.SPAN_LIMIT + polledAtOnce;
        for (int i = 0; i <= last; i++) {
            receive(10 + i);
            if (i > 0) {
                window.settle(10 + i);
            }
        }
        assertThat(window.isFull()).isTrue();
        window.eventPublished(Long.MAX_VALUE);
        OffsetTracker restored = OffsetTracker.restore(window.toCommit());

        assertThat(window.toCommit().metadata()).hasSizeLessThanOrEqualTo(4096);
        assertThat(restored.isSettled(10)).isFalse();
        assertThat(restored.isSettled(11)).isTrue();
        assertThat(restored.isSettled(10 + last)).isTrue();
    }

    @Test
    void settledOnesBehindAnOpenOneDoNotFillItBeforeTheMetadataIsFull() {
        for (int i = 0; i < OffsetTracker.SPAN_LIMIT - 1; i++) {
            receive(10 + i);
            if (i > 0) {
                window.settle(10 + i);
            }
        }
        assertThat(window.isFull()).isFalse();
        receive(10 + OffsetTracker.SPAN_LIMIT - 1);
        assertThat(window.isFull()).isTrue();

        window.settle(10);
        assertThat(window.isFull()).isFalse();
    }

    @Test
    void aGapBehindAnOpenOneDoesNotFillItBeforeTheMetadataIsFull() {
        receive(10, 10 + OffsetTracker.SPAN_LIMIT - 2);
        assertThat(window.isFull()).isFalse();
        receive(10 + OffsetTracker.SPAN_LIMIT);
        assertThat(window.isFull()).isTrue();
    }

    @Test
    void hasNoRoomForWhatTheMetadataCouldNotSayUntilTheOpenOneIsSettled() {
        long far = 10 + 1_000_000;
        receive(10);
        assertThat(window.hasRoomFor(10 + 3000 * 8 - 1)).isTrue();
        assertThat(window.isFull()).isFalse();

        assertThat(window.hasRoomFor(far)).isFalse();
        assertThat(window.isFull()).isTrue();
        assertThat(window.isSettled(far)).isFalse();

        window.settle(10);
        assertThat(window.isFull()).isFalse();
        assertThat(window.hasRoomFor(far)).isTrue();
        receive(far);
        assertThat(window.toCommit().offset()).isEqualTo(far);
    }

    @Test
    void whatVanishedBeforeItWasDeliveredAgainDoesNotKeepItWithoutRoom() {
        receive(10, 11);
        window.settle(11);
        OffsetTracker restored = OffsetTracker.restore(window.toCommit());
        long far = 10 + 1_000_000;

        assertThat(restored.hasRoomFor(far)).isFalse();
        assertThat(restored.isFull()).isFalse();
        assertThat(restored.hasRoomFor(far)).isTrue();
    }

    @Test
    void hasNothingToCommitUntilSomethingIsSettled() {
        assertThat(window.hasChanged()).isFalse();
        receive(10, 11);
        assertThat(window.hasChanged()).isFalse();
        window.settle(11);
        assertThat(window.hasChanged()).isTrue();

        window.committed(window.toCommit());
        assertThat(window.hasChanged()).isFalse();
    }

    @Test
    void whatChangesDuringACommitIsStillToBeCommitted() {
        receive(10, 11);
        window.settle(11);
        OffsetAndMetadata underWay = window.toCommit();
        window.settle(10);
        window.committed(underWay);

        assertThat(window.hasChanged()).isTrue();
        window.committed(window.toCommit());
        assertThat(window.hasChanged()).isFalse();
    }

    private void receive(long... offsets) {
        for (long offset : offsets) {
            assertThat(window.receive(offset)).as("offset %d is new", offset).isTrue();
        }
    }
}

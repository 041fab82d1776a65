package io.tenantry.worker.intake.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whatever happens in whatever order, the window says what a set of offsets would say. */
class OffsetTrackerModelTest {
    private static final int START = 100;

    /** The slow and obvious way to do it. */
    private static final class Model {
        private final Set<Long> settled = new HashSet<>();
        private final TreeSet<Long> pending = new TreeSet<>();
        private long next = START;

        boolean receive(long offset) {
            skipTo(offset);
            next = Math.max(next, offset + 1);
            if (settled.contains(offset)) {
                return false;
            }
            pending.add(offset);
            return true;
        }

        void skipTo(long position) {
            for (long offset = next; offset < position; offset++) {
                settled.add(offset);
            }
            next = Math.max(next, position);
        }

        void settle(long offset) {
            pending.remove(offset);
            settled.add(offset);
        }

        long watermark() {
            long watermark = START;
            while (settled.contains(watermark)) {
                watermark++;
            }
            return watermark;
        }

        boolean isFull() {
            return Math.max(next, watermark()) - watermark() >= OffsetTracker.SPAN_LIMIT;
        }

        /** The consumer reads again from the watermark. */
        void restart() {
            pending.clear();
            next = watermark();
        }
    }

    @Test
    void agreesWithASetOfOffsets() {
        for (int round = 0; round < 300; round++) {
            long seed = System.nanoTime();
            Random random = new Random(seed);
            Model model = new Model();
            OffsetTracker window = OffsetTracker.startingAt(START);
            for (int turn = 0; turn < 60; turn++) {
                String where = "seed " + seed + ", turn " + turn;
                // Not the watermark: what was settled before a restart may have moved it on.
                long position = model.next;
                switch (random.nextInt(10)) {
                    case 0, 1, 2, 3 -> {
                        long offset = position + (random.nextInt(4) == 0 ? random.nextInt(5) : 0);
                        assertThat(window.receive(offset))
                                .as("receive %d, %s", offset, where)
                                .isEqualTo(model.receive(offset));
                    }
                    case 4, 5, 6, 7 -> {
                        if (!model.pending.isEmpty()) {
                            long offset = List.copyOf(model.pending).get(random.nextInt(model.pending.size()));
                            window.settle(offset);
                            model.settle(offset);
                        }
                    }
                    case 8 -> {
                        long target = position + random.nextInt(4);
                        window.skipTo(target);
                        model.skipTo(target);
                    }
                    default -> {
                        window = OffsetTracker.restore(window.toCommit());
                        model.restart();
                    }
                }
                compare(window, model, where);
            }
        }
    }

    private static void compare(OffsetTracker window, Model model, String where) {
        assertThat(window.watermark()).as("watermark, %s", where).isEqualTo(model.watermark());
        assertThat(window.isFull()).as("full, %s", where).isEqualTo(model.isFull());
        for (long offset = START - 2; offset < model.next + 10; offset++) {
            assertThat(window.isPending(offset))
                    .as("pending %d, %s", offset, where)
                    .isEqualTo(model.pending.contains(offset));
            assertThat(window.isSettled(offset))
                    .as("settled %d, %s", offset, where)
                    .isEqualTo(offset < START || model.settled.contains(offset));
            assertThat(window.hasGoneBackTo(offset))
                    .as("gone back to %d, %s", offset, where)
                    .isEqualTo(offset < model.next && offset < model.watermark());
        }
    }
}

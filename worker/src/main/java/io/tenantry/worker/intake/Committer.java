package io.tenantry.worker.intake;

import io.tenantry.worker.intake.admission.Admission;
import io.tenantry.worker.intake.admission.InFlight;
import io.tenantry.worker.intake.publish.Publishing;
import io.tenantry.worker.settle.Saturation;
import io.tenantry.worker.settle.Settled;
import io.tenantry.worker.settle.SettledRequest;
import io.tenantry.worker.settle.Settler;
import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;

/** Takes what is settled, and commits its results together with the offsets. For the poll thread alone. */
final class Committer {
    private final Consumer<byte[], byte[]> consumer;
    private final Settler settler;
    private final InFlight inFlight;
    private final Admission admission;
    private final RecordHandler handler;
    private final RolloutIntake rollouts;
    private final Publishing publishing;
    private final Saturation saturation;

    Committer(
            Consumer<byte[], byte[]> consumer,
            Settler settler,
            Admission admission,
            RecordHandlers handlers,
            Publishing publishing,
            Saturation saturation) {
        this.saturation = saturation;
        this.consumer = consumer;
        this.settler = settler;
        this.inFlight = handlers.inFlight();
        this.admission = admission;
        this.handler = handlers.requests();
        this.rollouts = handlers.rollouts();
        this.publishing = publishing;
    }

    /** At each turn: takes what is settled and commits it, or waits a moment for more where the worker is saturated. */
    void settleAndCommit() {
        settle();
        boolean noneToComeSoon = inFlight.size() == 0 || !saturation.isReached(publishing.hasSignup());
        if (publishing.isDue() || (!publishing.isEmpty() && noneToComeSoon)) {
            publishing.publish(consumer.groupMetadata());
        }
    }

    /** Before partitions go away: waits for what is being written, and commits it at once. */
    void settleAndCommitNow(Duration atMost) {
        settler.awaitReady(atMost);
        settle();
        publishing.publish(consumer.groupMetadata());
    }

    /** Whether nothing is in progress, and nothing is left to be written or committed. */
    boolean isDone() {
        return inFlight.size() == 0 && rollouts.isIdle() && publishing.isEmpty() && settler.isWritten();
    }

    private void settle() {
        for (SettledRequest next : settler.takeReady()) {
            Settled settled = next.settled();
            InFlight.Entry entry = inFlight.remove(settled.coordinates(), next.request());
            // Without an entry, the partition went away; the ledger has what was done.
            if (entry != null && !(settled instanceof Settled.Abandoned)) {
                publishing.add(settled, entry.received());
                if (next.request().isSignup()) {
                    publishing.signupWaits();
                }
            }
        }
        rollouts.settle();
        admission.parkRefused(inFlight);
        handler.startWaiting();
    }
}

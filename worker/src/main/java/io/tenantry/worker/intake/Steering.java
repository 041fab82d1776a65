package io.tenantry.worker.intake;

import io.tenantry.worker.intake.admission.Admission;
import io.tenantry.worker.intake.admission.ParkedReport;
import io.tenantry.worker.intake.admission.Rereading;
import io.tenantry.worker.intake.offsets.Assignment;
import io.tenantry.worker.intake.poll.GuardedPoll;

/** Decides what the next poll reads, and from where. For the poll thread alone. */
record Steering(
        Assignment assignment,
        GuardedPoll guarded,
        Rereading rereading,
        Admission admission,
        Receiver receiver,
        ParkedReport parkedReport,
        Backpressure backpressure) {
    void beforePoll(boolean draining) {
        assignment.readCommitted();
        guarded.steer();
        rereading.jumpedOver(guarded::holds).forEach(receiver::deletedByKafka);
        rereading.steer(guarded::holds);
        admission.keepRoom(partition -> guarded.holds(partition) || rereading.isStuck(partition));
        parkedReport.look();
        backpressure.apply(draining);
    }
}

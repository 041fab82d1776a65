package io.tenantry.worker.intake;

import io.tenantry.contracts.EventCodec;
import io.tenantry.worker.intake.admission.CountedTask;
import io.tenantry.worker.intake.admission.InFlight;
import io.tenantry.worker.intake.client.TopicNames;
import io.tenantry.worker.settle.Settled;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Where received records go.
 *
 * @param requests takes those of tenants
 * @param inFlight the requests that these have become
 * @param rollouts takes those of rollouts
 */
record RecordHandlers(RecordHandler requests, InFlight inFlight, RolloutIntake rollouts) {
    /** @param answer takes dead letters, and verbs that are answered */
    static RecordHandlers of(
            PollLoopParts parts,
            TopicNames topics,
            InFlight inFlight,
            BiConsumer<Settled, ConsumerRecord<byte[], byte[]>> answer) {
        RecordDecoder decoder = new RecordDecoder(topics, new EventCodec()::decode);
        DeadLetters deadLetters = new DeadLetters(answer);
        RecordHandler requests = new RecordHandler(
                decoder,
                entry -> parts.lanes().submit(new CountedTask(parts.task().apply(entry.request()), entry.place())),
                inFlight,
                deadLetters,
                parts.nanoTime());
        RolloutIntake rollouts = new RolloutIntake(
                topics, decoder, parts.rollouts(), deadLetters, parts.meters().rollouts());
        return new RecordHandlers(requests, inFlight, rollouts);
    }
}

package io.tenantry.worker.intake;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.intake.client.TopicNames;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Decodes records of the topics that the worker consumes. */
record RecordDecoder(TopicNames topics, Decoder decoder) {
    /** {@link io.tenantry.contracts.EventCodec#decode}. */
    interface Decoder {
        Event<?> decode(ConsumerRecord<byte[], byte[]> received, Topic topic) throws InvalidEventException;
    }

    /**
     * An event, and where it is.
     *
     * @param event of a type that belongs to the topic
     */
    record Decoded(RequestRef ref, Event<?> event) {}

    Decoded decode(ConsumerRecord<byte[], byte[]> received) throws InvalidEventException {
        Event<?> event = decoder.decode(received, topics.request(received.topic()));
        RequestRef ref = new RequestRef(
                event.id(),
                event.source(),
                event.type().type(),
                received.topic(),
                received.partition(),
                received.offset());
        return new Decoded(ref, event);
    }
}

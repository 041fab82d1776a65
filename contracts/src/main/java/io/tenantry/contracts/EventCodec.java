package io.tenantry.contracts;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Between events and Kafka records, both ways. Safe for use by several threads. */
public final class EventCodec {
    /** The largest value of a record that is read, in bytes. */
    public static final int MAX_EVENT_BYTES = 262_144;

    private final DataJson json = new DataJson();
    private final RecordReader reader = new RecordReader(json);
    private final RecordWriter writer = new RecordWriter();

    /** The data as JSON in UTF-8, without values that are null and, in a request, without empty ones. */
    public byte[] encodeData(EventData data) {
        return json.write(data);
    }

    /**
     * The data from JSON, for what was stored by {@link #encodeData}.
     *
     * @throws IllegalArgumentException if it is not JSON of this class
     */
    public <T extends EventData> T decodeData(byte[] data, Class<T> dataType) {
        try {
            return json.read(data, dataType);
        } catch (InvalidEventException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    public EncodedEvent encode(Event<?> event) {
        return new EncodedEvent(
                event.id(),
                event.source(),
                event.type().type(),
                event.time(),
                event.traceparent(),
                event.data().key(),
                encodeData(event.data()));
    }

    /**
     * A record in the binary mode of CloudEvents: attributes in headers, the data as the value.
     *
     * @param topicName with its prefix
     * @throws IllegalArgumentException if the source is not a URI reference
     */
    public ProducerRecord<byte[], byte[]> toBinaryRecord(EncodedEvent event, String topicName) {
        return writer.binary(event, topicName);
    }

    /**
     * A record in the structured mode of CloudEvents: everything in the value.
     *
     * @param topicName with its prefix
     * @throws IllegalArgumentException if the source is not a URI reference
     */
    public ProducerRecord<byte[], byte[]> toStructuredRecord(EncodedEvent event, String topicName) {
        return writer.structured(event, topicName);
    }

    /**
     * The event in a record: binary, structured, or, with no CloudEvents header at all, plain JSON of the topic's
     * request. Plain JSON has the source {@code kafka:<topic>} and the id {@code <partition>/<offset>/<timestamp>}.
     *
     * @param topic the topic that the record is from; its name, with the prefix, is taken from the record
     * @throws InvalidEventException and nothing else, whatever the record holds
     */
    public Event<?> decode(ConsumerRecord<byte[], byte[]> record, Topic topic) throws InvalidEventException {
        return reader.read(record, topic);
    }
}

package io.tenantry.contracts;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import org.apache.kafka.clients.producer.ProducerRecord;

/** From encoded events to Kafka records. */
final class RecordWriter {
    private final JsonFormat format = new JsonFormat();

    ProducerRecord<byte[], byte[]> binary(EncodedEvent event, String topicName) {
        return KafkaMessageFactory.createWriter(topicName, key(event)).writeBinary(cloudEvent(event));
    }

    ProducerRecord<byte[], byte[]> structured(EncodedEvent event, String topicName) {
        return KafkaMessageFactory.createWriter(topicName, key(event)).writeStructured(cloudEvent(event), format);
    }

    private static byte[] key(EncodedEvent event) {
        return event.key().getBytes(StandardCharsets.UTF_8);
    }

    private static CloudEvent cloudEvent(EncodedEvent event) {
        var builder = CloudEventBuilder.v1()
                .withId(event.id())
                .withSource(URI.create(event.source()))
                .withType(event.type())
                .withData("application/json", event.data());
        if (event.time() != null) {
            builder.withTime(event.time().atOffset(ZoneOffset.UTC));
        }
        if (event.traceparent() != null) {
            builder.withExtension(Envelope.TRACEPARENT, event.traceparent());
        }
        return builder.build();
    }
}

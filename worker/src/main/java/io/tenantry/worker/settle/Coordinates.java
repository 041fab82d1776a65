package io.tenantry.worker.settle;

import io.tenantry.contracts.RequestRef;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Where a record is in Kafka. */
public record Coordinates(TopicPartition partition, long offset) {
    /** Where the record of a request is. */
    public static Coordinates of(RequestRef request) {
        return new Coordinates(new TopicPartition(request.topic(), request.partition()), request.offset());
    }

    /** Where a received record is. */
    public static Coordinates of(ConsumerRecord<?, ?> received) {
        return new Coordinates(new TopicPartition(received.topic(), received.partition()), received.offset());
    }
}

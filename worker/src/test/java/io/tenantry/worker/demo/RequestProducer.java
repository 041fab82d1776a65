package io.tenantry.worker.demo;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publishes requests, as the signup service and the release tooling do. For one thread. */
public final class RequestProducer implements AutoCloseable {
    private static final int GIVE_UP_MILLIS = 20_000;

    private final EventCodec codec = new EventCodec();
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();

    public RequestProducer(String bootstrapServers) {
        this.producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                GIVE_UP_MILLIS,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                GIVE_UP_MILLIS / 2,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                GIVE_UP_MILLIS,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class));
    }

    /** Finds out where the topic's partitions are, so that the first request does not wait for that. */
    public void prepare(String topic) {
        producer.partitionsFor(topic);
    }

    /** A request as it is sent. */
    public ProducerRecord<byte[], byte[]> encode(Event<?> request) {
        return codec.toBinaryRecord(
                codec.encode(request), request.type().topic().name(""));
    }

    /** Hands a request over to be sent; returns before it is. */
    public void send(ProducerRecord<byte[], byte[]> request) {
        sent.add(producer.send(request));
    }

    /** Waits until the broker has all that was sent. */
    public void flush() {
        producer.flush();
        for (Future<RecordMetadata> one : sent) {
            try {
                one.get();
            } catch (ExecutionException failure) {
                throw new IllegalStateException(
                        "a request could not be published: " + failure.getCause(), failure.getCause());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", interrupted);
            }
        }
        sent.clear();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
    }
}

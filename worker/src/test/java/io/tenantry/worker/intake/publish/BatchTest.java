package io.tenantry.worker.intake.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.intake.client.TopicNames;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.settle.Settled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class BatchTest {
    private final Batch batch = new Batch(
            new TopicNames(new KafkaSettings("nowhere:1", "group", GroupProtocol.CLASSIC, 3, (short) 1, "", Map.of())));

    @Test
    void aResultGoesToTheResults() {
        batch.add(result("/tenantry"), received());

        assertThat(batch.records())
                .singleElement()
                .extracting(ProducerRecord::topic)
                .isEqualTo("tenant.results");
        assertThat(batch.requests()).hasSize(1);
    }

    @Test
    void aResultThatCannotBePublishedIsADeadLetterAndStopsNobody() {
        batch.add(result("no URI at all"), received());

        assertThat(batch.records()).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo("tenant.created-dlt");
            assertThat(letter.value()).isEqualTo(received().value());
            assertThat(new String(letter.headers().lastHeader(DeadLetter.CODE).value(), StandardCharsets.UTF_8))
                    .isEqualTo("internal");
        });
        assertThat(batch.requests()).as("results").isEmpty();
        assertThat(batch.takeReplaced()).extracting(RequestRef::id).containsExactly("42");
    }

    @Test
    void aResultThatIsTooLargeIsADeadLetterAndSaysWhichRequestIsToBeForgotten() {
        batch.add(result("/tenantry"), received());
        assertThat(batch.takeReplaced()).isEmpty();

        batch.shrink(tooLarge -> true);

        assertThat(batch.records())
                .singleElement()
                .extracting(ProducerRecord::topic)
                .isEqualTo("tenant.created-dlt");
        assertThat(batch.takeReplaced()).extracting(RequestRef::id).containsExactly("42");
        batch.shrink(tooLarge -> true);
        assertThat(batch.takeReplaced()).isEmpty();
    }

    @Test
    void knowsHowManyBytesItHolds() {
        batch.add(result("/tenantry"), received(5, 1 << 20));
        batch.add(new Settled.Dead(Coordinates.of(received(6, 0)), ErrorCode.INTERNAL, "no"), received(6, 1 << 20));
        assertThat(batch.bytes()).isBetween(2L << 20, (2L << 20) + 5000);

        batch.removeAll(Set.of(Coordinates.of(received(6, 0))));
        assertThat(batch.bytes()).isBetween(1L << 20, (1L << 20) + 5000);
        batch.clear();
        assertThat(batch.bytes()).isZero();
    }

    private static Settled.Result result(String source) {
        return new Settled.Result(
                new RequestRef("42", "/signup", "type", "tenant.created", 0, 5),
                new EncodedEvent(
                        "id", source, "type", Instant.EPOCH, null, "acme", "{}".getBytes(StandardCharsets.UTF_8)),
                0);
    }

    private static ConsumerRecord<byte[], byte[]> received(long offset, int bytes) {
        return new ConsumerRecord<>(
                "tenant.created",
                0,
                offset,
                0,
                TimestampType.CREATE_TIME,
                0,
                bytes,
                new byte[0],
                new byte[bytes],
                new RecordHeaders(),
                Optional.empty());
    }

    private static ConsumerRecord<byte[], byte[]> received() {
        return new ConsumerRecord<>(
                "tenant.created", 0, 5, "acme".getBytes(StandardCharsets.UTF_8), "{}".getBytes(StandardCharsets.UTF_8));
    }
}

package io.tenantry.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
    private final ConsumerRecord<byte[], byte[]> received = Received.event(EventType.TENANT_CREATED)
            .header("ce_traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
            .header("x-null", (String) null)
            .header("x-bytes", new byte[] {(byte) 0xff})
            .key(new byte[] {0, (byte) 0xff})
            .value(new byte[] {1, (byte) 0xfe})
            .record();

    @Test
    void keepsKeyValueAndHeadersAsReceived() {
        ProducerRecord<byte[], byte[]> letter = letter(received, "why");

        assertThat(letter.topic()).isEqualTo("test.tenant.created-dlt");
        assertThat(letter.partition()).isNull();
        assertThat(letter.key()).isEqualTo(received.key());
        assertThat(letter.value()).isEqualTo(received.value());
        assertThat(Arrays.copyOf(letter.headers().toArray(), received.headers().toArray().length))
                .isEqualTo(received.headers().toArray());
    }

    @Test
    void saysWhereTheRecordWasAndWhyItIsHere() {
        ProducerRecord<byte[], byte[]> letter = letter(received, "tenant is \"Ä\"");

        assertThat(header(letter, "__dlq.errors.topic")).isEqualTo("test.tenant.created");
        assertThat(header(letter, "__dlq.errors.partition")).isEqualTo("3");
        assertThat(header(letter, "__dlq.errors.offset")).isEqualTo("1042");
        assertThat(header(letter, "__dlq.errors.group")).isEqualTo("tenantry");
        assertThat(header(letter, "__dlq.errors.message")).isEqualTo("tenant is \"Ä\"");
        assertThat(header(letter, "tenantry.error.code")).isEqualTo("invalid-event");
    }

    @Test
    void leavesTheReceivedRecordAsItIs() {
        int headers = received.headers().toArray().length;
        letter(received, "why");
        assertThat(received.headers().toArray()).hasSize(headers);
    }

    @Test
    void replacesTheHeadersOfAnEarlierTimeAsADeadLetter() {
        ConsumerRecord<byte[], byte[]> again = Received.event(EventType.TENANT_CREATED)
                .header(DeadLetter.MESSAGE, "old")
                .header(DeadLetter.CODE, "internal")
                .record();
        ProducerRecord<byte[], byte[]> letter = letter(again, "new");
        assertThat(letter.headers().headers(DeadLetter.MESSAGE)).hasSize(1);
        assertThat(header(letter, DeadLetter.MESSAGE)).isEqualTo("new");
        assertThat(header(letter, DeadLetter.CODE)).isEqualTo("invalid-event");
    }

    @Test
    void aRecordThatIsTooLargeLeavesOnlyItsValueBehind() {
        ProducerRecord<byte[], byte[]> letter =
                DeadLetter.headersOnly(received, "test.tenant.created-dlt", "tenantry", ErrorCode.INVALID_EVENT, "why");
        assertThat(letter.value()).isNull();
        assertThat(letter.key()).isEqualTo(received.key());
        assertThat(letter.headers()).isEqualTo(letter(received, "why").headers());
    }

    @Test
    void cutsALongMessageSoThatItFits() {
        assertThat(header(letter(received, "x".repeat(1_000_000)), DeadLetter.MESSAGE))
                .hasSize(2000);
    }

    private static ProducerRecord<byte[], byte[]> letter(ConsumerRecord<byte[], byte[]> received, String message) {
        return DeadLetter.record(
                received, Topic.TENANT_CREATED.deadLetterName("test."), "tenantry", ErrorCode.INVALID_EVENT, message);
    }

    private static String header(ProducerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        return header == null ? "no header " + name : new String(header.value(), UTF_8);
    }
}

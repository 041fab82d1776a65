package io.tenantry.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever bytes come, only an InvalidEventException may leave the codec: another would stop the partition. */
class GarbageTest {
    private static final List<EventType> TYPES = List.of(EventType.values());
    private static final List<String> HEADERS = List.of(
            "ce_specversion",
            "ce_id",
            "ce_source",
            "ce_type",
            "ce_time",
            "ce_traceparent",
            "ce_subject",
            "ce_",
            "ce_dataschema",
            "ce_\u0000",
            "traceparent",
            "content-type",
            "");

    @Test
    void randomRecordsAreReadOrRefused() {
        Random random = new Random(20261122);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            EventType type = TYPES.get(random.nextInt(TYPES.size()));
            Received received = random.nextBoolean() ? Received.event(type) : structured(type);
            if (random.nextInt(4) == 0) {
                received.header(HEADERS.get(random.nextInt(HEADERS.size())), bytes(random, 40));
            }
            if (random.nextInt(4) == 0) {
                received.key(bytes(random, 10));
            }
            if (random.nextInt(2) == 0) {
                received.value(changed(received.record().value(), random));
            }
            read += isRead(received) ? 1 : 0;
        }
        assertThat(read)
                .as("some are valid still, so that the others get past the first check")
                .isGreaterThan(500);
    }

    @Test
    void samplesWithOneByteChangedAreReadOrRefused() {
        Random random = new Random(4711);
        List<Sample> samples = Sample.all();
        for (int i = 0; i < 10_000; i++) {
            Sample sample = samples.get(random.nextInt(samples.size()));
            isRead(sample.received().value(changed(sample.received().record().value(), random)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":", "{\"tenant\":[", "{\"data\":{\"a\":", "\"", "\\", "9", "-", "1e"})
    void deepAndLongValuesAreRefused(String part) {
        String value = part.repeat(100_000).substring(0, 100_000);
        assertThat(Received.event(EventType.TENANT_CREATED).value(value).refusal())
                .hasSizeLessThan(700);
        assertThat(Received.structured(Topic.TENANT_CREATED, value).refusal()).hasSizeLessThan(700);
        assertThat(Received.on(Topic.TENANT_CREATED).value(value).refusal()).hasSizeLessThan(700);
        assertThat(Received.event(EventType.TENANT_CREATED)
                        .value("{\"tenant\":\"acme\",\"other\":" + value)
                        .refusal())
                .hasSizeLessThan(700);
    }

    private static boolean isRead(Received received) {
        try {
            return received.decode() != null;
        } catch (InvalidEventException e) {
            assertThat(e).hasMessageMatching("[^\\p{Cntrl}]{1,1200}");
            assertThat(e.getMessage()).as("caught by a rule, not by the net").doesNotContain("could not be read");
            return false;
        }
    }

    private static Received structured(EventType type) {
        return Received.structured(
                type.topic(),
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"" + type.type()
                        + "\",\"data\":{\"tenant\":\"acme\"}}");
    }

    private static byte @Nullable [] bytes(Random random, int max) {
        int length = random.nextInt(max + 1) - 1;
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] changed(byte[] value, Random random) {
        byte[] structure = "{}[]\",:\\0u9-.eE n\u0000\u00ff".getBytes(StandardCharsets.ISO_8859_1);
        byte[] bytes = Arrays.copyOf(value, random.nextInt(8) == 0 ? random.nextInt(value.length) + 1 : value.length);
        bytes[random.nextInt(bytes.length)] = structure[random.nextInt(structure.length)];
        return bytes;
    }
}

package io.tenantry.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SamplesTest {
    private final EventCodec codec = new EventCodec();

    static List<Sample> samples() {
        return Sample.all();
    }

    static List<Sample> samplesWithoutUnknownFields() {
        return samples().stream()
                .filter(sample -> !sample.name().contains("unknown-fields"))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void everyEventHasABinaryAndAStructuredSample(EventType type) {
        assertThat(samples())
                .extracting(Sample::name)
                .contains(type.fileName() + ".binary.json", type.fileName() + ".structured.json");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everySampleDecodesToTheTypeOfItsName(Sample sample) {
        assertThat(sample.decode().type()).isEqualTo(sample.type());
        assertThat(sample.topic()).isEqualTo(sample.type().topic());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everySampleIsValidByItsSchema(Sample sample) {
        assertThat(Schemas.errors(sample.type(), sample.data().toString())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("samplesWithoutUnknownFields")
    void everySampleIsEncodedToTheSameJsonHeadersAndKey(Sample sample) {
        EncodedEvent event = codec.encode(sample.decode());
        assertThat(json(event.data())).isEqualTo(sample.data());
        assertThat(event.key()).isEqualTo(sample.key());
        if (sample.isPlain()) {
            return;
        }

        ProducerRecord<byte[], byte[]> record = sample.isStructured()
                ? codec.toStructuredRecord(event, sample.topic().name("p."))
                : codec.toBinaryRecord(event, sample.topic().name("p."));
        assertThat(record.topic()).isEqualTo("p." + sample.topic().baseName());
        assertThat(new String(record.key(), UTF_8)).isEqualTo(sample.key());
        assertThat(json(record.value()))
                .isEqualTo(Sample.JSON.readTree(sample.value().toString()));
        assertThat(headers(record)).isEqualTo(sample.headers());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theBinaryAndTheStructuredSampleAreTheSameEvent(Sample sample) {
        if (sample.isStructured()) {
            Sample binary = Sample.named(sample.name().replace(".structured.", ".binary."));
            assertThat(sample.decode()).isEqualTo(binary.decode());
        }
    }

    @Test
    void unknownFieldsAndExtensionsAreIgnored() {
        Sample unknown = Sample.named("tenant-created.unknown-fields.binary.json");
        assertThat(unknown.data().has("region")).isTrue();
        assertThat(unknown.decode())
                .isEqualTo(Sample.named("tenant-created.binary.json").decode());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theIdOfASampleResultIsMadeFromItsRequest(Sample sample) {
        if (sample.decode().data() instanceof TenantResult result) {
            RequestRef request = result.request();
            assertThat(sample.decode().id()).isEqualTo(ResultId.of(request.source(), request.id(), request.type()));
        }
    }

    /** Samples of releases before the targets were published have other ids. */
    @ParameterizedTest
    @MethodSource("samples")
    void theIdOfASampleOfARolloutIsMadeFromTheRolloutAndItsSequence(Sample sample) {
        Event<?> event = sample.decode();
        if (event.data() instanceof RolloutResult result && !result.targets().isEmpty()) {
            assertThat(LongStream.rangeClosed(1, 20).mapToObj(sequence -> RolloutIds.event(result.rollout(), sequence)))
                    .contains(event.id());
        }
        if (event.data() instanceof RolloutResult result
                && event.type() == EventType.ROLLOUT_REFUSED
                && result.request() != null) {
            assertThat(event.id())
                    .isEqualTo(RolloutIds.refusal(
                            result.request().source(), result.request().id()));
        }
        if (event.data() instanceof MigrationRequested request
                && request.rollout() != null
                && !request.targets().isEmpty()) {
            assertThat(event.id())
                    .isEqualTo(RolloutIds.request(request.rollout(), request.key(), false, request.attempt()));
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theIdOfASampleOfDriftIsMadeFromTheHomeAndTheTime(Sample sample) {
        Event<?> event = sample.decode();
        if (event.data() instanceof TenantDrift drift) {
            boolean shared = drift.tenant() == null;
            assertThat(LongStream.rangeClosed(1796000000, 1796000001)
                            .mapToObj(episode -> event.type() == EventType.TENANT_DRIFTED
                                    ? DriftIds.drifted(drift.key(), shared, drift.database(), episode)
                                    : DriftIds.cleared(drift.key(), shared, drift.database(), episode)))
                    .contains(event.id());
        }
    }

    /** The counts of the waves, and of those at the target, are never more than those of the rollout. */
    @ParameterizedTest
    @MethodSource("samples")
    void theCountsOfASampleFitTogether(Sample sample) {
        if (sample.decode().data() instanceof RolloutResult result) {
            assertThat(result.counts().pending()).isNotNegative();
            WaveProgress wave = result.wave();
            if (wave != null) {
                assertThat(wave.counts().pending())
                        .isNotNegative()
                        .isLessThanOrEqualTo(result.counts().pending());
                assertThat(wave.counts().failed())
                        .isLessThanOrEqualTo(result.counts().failed());
            }
        }
    }

    @Test
    void aStoredResultIsPublishedByteForByte() {
        byte[] stored = "{ \"written\" : \"by an older release\" }".getBytes(UTF_8);
        EncodedEvent event = new EncodedEvent("1", "/s", "t", null, null, "acme", stored);
        assertThat(codec.toBinaryRecord(event, "t").value()).isEqualTo(stored);
    }

    private static tools.jackson.databind.JsonNode json(byte[] json) {
        return Sample.JSON.readTree(json);
    }

    private static Map<String, String> headers(ProducerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        return headers;
    }
}

package io.tenantry.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.intake.admission.Admission;
import io.tenantry.worker.intake.admission.InFlight;
import io.tenantry.worker.intake.admission.MemoryLimits;
import io.tenantry.worker.intake.admission.ServerLoad;
import io.tenantry.worker.intake.client.TopicNames;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.settle.Settled;
import io.tenantry.worker.stack.CapturedLog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

/** Whatever is wrong with a record or with the worker, the record is on its way afterwards, or a dead letter. */
class RecordHandlerTest {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final InFlight inFlight =
            new InFlight(new Admission(request -> Set.of("main"), MemoryLimits.of(256 << 20, 1), System::nanoTime));
    private final List<Request> started = new ArrayList<>();
    private final List<Settled> answers = new ArrayList<>();

    @Test
    void aRequestIsOnItsWay() {
        handler(new EventCodec()::decode, started::add).receive(plainJson(5, "acme"));

        assertThat(started).singleElement().satisfies(request -> {
            assertThat(request.key()).isEqualTo("acme");
            assertThat(request.ref().offset()).isEqualTo(5);
        });
        assertThat(inFlight.size()).isEqualTo(1);
        assertThat(answers).isEmpty();
    }

    @Test
    void whatIsNoEventIsADeadLetter() {
        handler(new EventCodec()::decode, started::add).receive(of(5, "acme", "no JSON"));

        assertDead(ErrorCode.INVALID_EVENT);
    }

    @Test
    void theLogSaysWhichRecordIsADeadLetterOnOneLine() {
        ConsumerRecord<byte[], byte[]> forged = plainJson(5, "acme");
        Map.of(
                        "ce_id", "1\n2026-01-01T00:00:00 INFO all is well",
                        "ce_source", "/test",
                        "ce_type", "io.tenantry.tenant.created.v1",
                        "ce_specversion", "1.0",
                        "traceparent", TRACE)
                .forEach((name, value) -> forged.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        try (CapturedLog log = new CapturedLog(DeadLetters.class, Level.INFO)) {
            handler(new EventCodec()::decode, started::add).receive(forged);

            assertDead(ErrorCode.INVALID_EVENT);
            assertThat(log.events()).singleElement().satisfies(line -> {
                assertThat(line.getFormattedMessage())
                        .contains("tenant.created-0 offset 5 becomes a dead letter: id is")
                        .doesNotContain("\n");
                assertThat(line.getMDCPropertyMap())
                        .isEqualTo(Map.of(
                                "requestId", "1?2026-01-01T00:00:00 INFO all is well",
                                "topic", "tenant.created",
                                "partition", "0",
                                "offset", "5",
                                "traceparent", TRACE));
            });
        }
        assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class, AssertionError.class})
    void aBugInDecodingIsADeadLetter(Class<? extends Throwable> bug) {
        handler((received, topic) -> throwing(bug), started::add).receive(plainJson(5, "acme"));

        assertThat(assertDead(ErrorCode.INTERNAL).message())
                .contains("because of a bug of the worker")
                .doesNotContain(bug.getSimpleName());
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class, ClassCastException.class})
    void aBugInMakingItsTaskIsADeadLetter(Class<? extends Throwable> bug) {
        handler(new EventCodec()::decode, request -> throwing(bug)).receive(plainJson(5, "acme"));

        assertDead(ErrorCode.INTERNAL);
    }

    @Test
    void anErrorThatTheProcessDoesNotSurviveIsNotTheRecordsFault() {
        RecordHandler handler = handler((received, topic) -> throwing(NoClassDefFoundError.class), started::add);

        assertThatThrownBy(() -> handler.receive(plainJson(5, "acme"))).isInstanceOf(NoClassDefFoundError.class);
        assertThat(answers).isEmpty();
    }

    @Test
    void aParkedOneThatMeetsABugWhenItIsReadAgainIsNotParkedAnyMore() {
        Admission full = new Admission(
                request -> Set.of("main"),
                new MemoryLimits(new ServerLoad.Limits(1, 1, 1_000_000), 1000, 1000),
                System::nanoTime);
        InFlight one = new InFlight(full);
        handler(new EventCodec()::decode, one).receive(plainJson(4, "globex"));
        handler(new EventCodec()::decode, one).receive(plainJson(5, "acme"));
        assertThat(full.parked()).isEqualTo(1);
        assertThat(answers).isEmpty();

        handler((received, topic) -> throwing(IllegalStateException.class), one).receive(plainJson(5, "acme"));

        assertThat(full.parked()).isZero();
        assertThat(answers).hasSize(1);
    }

    @Test
    void aParkedOneWasReceivedWhenItWasFirstRead() {
        Admission full = new Admission(
                request -> Set.of("main"),
                new MemoryLimits(new ServerLoad.Limits(1, 1, 1_000_000), 1000, 1000),
                System::nanoTime);
        InFlight one = new InFlight(full);
        RecordHandler handler = handler(new EventCodec()::decode, one);
        handler.receive(plainJson(4, "globex"));
        handler.receive(plainJson(5, "acme"));
        assertThat(full.parked()).isEqualTo(1);
        long afterParking = System.nanoTime();
        one.remove(Coordinates.of(started.get(0).ref()), started.get(0));

        handler.receive(plainJson(5, "acme"));

        assertThat(full.parked()).isZero();
        assertThat(started.get(1).receivedNanos() - afterParking).isNotPositive();
        assertThat(started.get(1).receivedNanos() - started.get(0).receivedNanos())
                .isPositive();
    }

    @Test
    void aMigrationKnowsWhetherTheSignupOfItsTenantIsParked() {
        Admission admission = new Admission(
                request -> Set.of("main"),
                new MemoryLimits(new ServerLoad.Limits(1, 1, 1_000_000), 10_000, 10_000),
                System::nanoTime);
        InFlight one = new InFlight(admission);
        RecordHandler handler = handler(new EventCodec()::decode, one);
        TopicPartition signups = new TopicPartition(Topic.TENANT_CREATED.baseName(), 0);
        handler.receive(plainJson(4, "globex"));
        handler.receive(plainJson(5, "acme"));
        handler.receive(plainJson(6, "acme"));
        handler.receive(of(Topic.MIGRATION_REQUESTED.baseName(), 0, 9, "acme", "{\"tenant\":\"acme\"}"));
        assertThat(started).extracting(Request::key).containsExactly("globex", "acme");
        Request migration = started.get(1);
        assertThat(started.get(0).isSignupParked()).isFalse();
        assertThat(migration.isSignupParked()).isTrue();

        one.remove(Coordinates.of(started.get(0).ref()), started.get(0));
        handler.receive(plainJson(5, "acme"));
        assertThat(migration.isSignupParked()).as("the second one").isTrue();
        one.unpark(new Coordinates(signups, 6));
        assertThat(migration.isSignupParked()).isFalse();

        handler.receive(plainJson(7, "acme"));
        assertThat(migration.isSignupParked()).isTrue();
        admission.drop(Set.of(signups));
        assertThat(migration.isSignupParked()).isFalse();
        assertThat(admission.parked()).isZero();
    }

    @Test
    void oneOfTheSameIdentityWaitsForTheAnswer() {
        RecordHandler handler = handler(sameIdentity(), started::add);
        handler.receive(plainJson(5, "acme"));
        handler.receive(plainJson(6, "globex"));
        handler.receive(plainJson(7, "initech"));
        handler.startWaiting();
        assertThat(started).extracting(Request::key).containsExactly("acme");
        assertThat(inFlight.size()).isEqualTo(3);
        assertThat(inFlight.signups())
                .as("those that wait for an answer are no work")
                .isEqualTo(1);

        answer(started.get(0));
        handler.startWaiting();
        assertThat(started).extracting(Request::key).containsExactly("acme", "globex");
        assertThat(inFlight.signups()).isEqualTo(1);

        answer(started.get(1));
        handler.startWaiting();
        assertThat(started).extracting(Request::key).containsExactly("acme", "globex", "initech");
        answer(started.get(2));
        assertThat(inFlight.size()).isZero();
        assertThat(inFlight.signups()).isZero();
    }

    @Test
    void oneOfAnotherTypeUnderTheSameIdDoesNotWait() {
        RecordHandler handler = handler(sameIdentity(), started::add);
        handler.receive(plainJson(5, "acme"));
        handler.receive(new ConsumerRecord<>(
                Topic.MIGRATION_REQUESTED.baseName(),
                0,
                5,
                "acme".getBytes(StandardCharsets.UTF_8),
                "{\"tenant\":\"acme\"}".getBytes(StandardCharsets.UTF_8)));

        assertThat(started).hasSize(2);
        assertThat(inFlight.signups()).isEqualTo(1);
        started.forEach(this::answer);
        assertThat(inFlight.signups()).isZero();
    }

    @Test
    void oneThatWaitsIsStartedWhenTheOtherOnesPartitionGoesAway() {
        RecordHandler handler = handler(sameIdentity(), started::add);
        handler.receive(of(0, 5, "acme"));
        handler.receive(of(1, 5, "globex"));

        inFlight.drop(Set.of(new TopicPartition(Topic.TENANT_CREATED.baseName(), 0)));
        handler.startWaiting();

        assertThat(started).extracting(Request::key).containsExactly("acme", "globex");
    }

    @Test
    void aRequestWhosePartitionComesBackGoesOnWaiting() {
        RecordHandler handler = handler(new EventCodec()::decode, started::add);
        TopicPartition partition = new TopicPartition(Topic.TENANT_CREATED.baseName(), 0);
        handler.receive(of(0, 5, "acme"));
        handler.receive(of(0, 6, "globex"));
        started.get(0).patience().attemptFailed();

        inFlight.drop(Set.of(partition));
        handler.receive(of(0, 5, "acme"));
        handler.receive(of(0, 6, "globex"));

        assertThat(started.get(2)).isNotSameAs(started.get(0));
        assertThat(started.get(2).patience().failed()).isEqualTo(1);
        assertThat(started.get(3).patience().isNew()).isTrue();

        // Of a topic that was made again: another request at the same place.
        inFlight.drop(Set.of(partition));
        handler(sameIdentity(), started::add).receive(of(0, 5, "acme"));
        assertThat(started.get(4).patience().isNew()).isTrue();
    }

    @Test
    void oneThatIsParkedWhenItsPartitionComesBackGoesOnWaiting() {
        Admission admission = new Admission(
                request -> Set.of("main"),
                new MemoryLimits(new ServerLoad.Limits(1, 1, 1_000_000), 1000, 1000),
                System::nanoTime);
        InFlight one = new InFlight(admission);
        RecordHandler handler = handler(new EventCodec()::decode, one);
        TopicPartition partition = new TopicPartition(Topic.TENANT_CREATED.baseName(), 0);
        handler.receive(plainJson(5, "acme"));
        started.get(0).patience().attemptFailed();
        one.drop(Set.of(partition));
        admission.drop(Set.of(partition));
        handler.receive(of(1, 5, "globex"));

        handler.receive(plainJson(5, "acme"));
        assertThat(admission.parked()).isEqualTo(1);
        handler.receive(plainJson(5, "acme"));
        assertThat(one.remove(Coordinates.of(started.get(1).ref()), started.get(1)))
                .isNotNull();
        handler.receive(plainJson(5, "acme"));

        assertThat(started).hasSize(3);
        assertThat(started.get(2).patience().failed()).isEqualTo(1);
    }

    @Test
    void oneThatFindsNoRoomWhenItsServersAreKnownGoesOnWaiting() {
        Admission admission = new Admission(
                request -> request.key().equals("acme") ? Set.of() : Set.of("main"),
                new MemoryLimits(new ServerLoad.Limits(1, 1, 1_000_000), 1000, 1000),
                System::nanoTime);
        InFlight one = new InFlight(admission);
        RecordHandler handler = handler(new EventCodec()::decode, one);
        handler.receive(of(1, 5, "globex"));
        handler.receive(plainJson(5, "acme"));
        started.get(1).patience().attemptFailed();
        assertThat(started.get(1).isAdmitted(Set.of("main"))).isFalse();
        admission.parkRefused(one);
        one.remove(Coordinates.of(started.get(0).ref()), started.get(0));

        handler.receive(plainJson(5, "acme"));

        assertThat(started).hasSize(3);
        assertThat(started.get(2).patience().failed()).isEqualTo(1);
    }

    @Test
    void oneThatWaitsIsForgottenWithItsPartition() {
        RecordHandler handler = handler(sameIdentity(), started::add);
        handler.receive(of(0, 5, "acme"));
        handler.receive(of(1, 5, "globex"));
        handler.receive(of(2, 5, "initech"));

        answer(started.get(0));
        inFlight.drop(Set.of(new TopicPartition(Topic.TENANT_CREATED.baseName(), 1)));
        // It comes back before anybody looked.
        handler.receive(of(1, 5, "globex"));
        handler.startWaiting();
        assertThat(started).extracting(Request::key).containsExactly("acme", "initech");

        answer(started.get(1));
        handler.startWaiting();
        assertThat(started).extracting(Request::key).containsExactly("acme", "initech", "globex");
    }

    @Test
    void aBugInMakingTheTaskOfOneThatWaitedIsADeadLetterToo() {
        RecordHandler handler = handler(sameIdentity(), request -> {
            started.add(request);
            if (request.key().equals("globex")) {
                throw new IllegalStateException("thrown by a test");
            }
        });
        handler.receive(plainJson(5, "acme"));
        handler.receive(plainJson(6, "globex"));
        handler.receive(plainJson(7, "initech"));

        answer(started.get(0));
        handler.startWaiting();

        assertThat(started).extracting(Request::key).containsExactly("acme", "globex", "initech");
        assertThat(answers).singleElement().isInstanceOf(Settled.Dead.class);
        assertThat(inFlight.size()).isEqualTo(1);
    }

    private void answer(Request request) {
        assertThat(inFlight.remove(Coordinates.of(request.ref()), request)).isNotNull();
    }

    /** Reads every record as an event of the same id and source. */
    private static RecordDecoder.Decoder sameIdentity() {
        return (received, topic) -> {
            Event<?> event = new EventCodec().decode(received, topic);
            return new Event<>("id", "/test", event.type(), event.time(), null, event.data());
        };
    }

    private Settled.Dead assertDead(ErrorCode code) {
        assertThat(started).isEmpty();
        assertThat(inFlight.size()).isZero();
        assertThat(answers).singleElement().isInstanceOfSatisfying(Settled.Dead.class, dead -> {
            assertThat(dead.code()).isEqualTo(code);
            assertThat(dead.coordinates().offset()).isEqualTo(5);
            assertThat(dead.message()).doesNotContain("\n");
        });
        return (Settled.Dead) answers.get(0);
    }

    private RecordHandler handler(RecordDecoder.Decoder decoder, Consumer<Request> start) {
        return handler(decoder, start, inFlight);
    }

    private RecordHandler handler(RecordDecoder.Decoder decoder, InFlight into) {
        return handler(decoder, started::add, into);
    }

    private RecordHandler handler(RecordDecoder.Decoder decoder, Consumer<Request> start, InFlight into) {
        KafkaSettings kafka =
                new KafkaSettings("nowhere:1", "group", GroupProtocol.CLASSIC, 3, (short) 1, "", Map.of());
        return new RecordHandler(
                new RecordDecoder(new TopicNames(kafka), decoder),
                entry -> start.accept(entry.request()),
                into,
                new DeadLetters((settled, received) -> answers.add(settled)),
                System::nanoTime);
    }

    private static Event<TenantCreated> throwing(Class<? extends Throwable> type) {
        Throwable thrown;
        try {
            thrown = type.equals(AssertionError.class)
                    ? new AssertionError("thrown by a test")
                    : type.getConstructor(String.class).newInstance("thrown by a test");
        } catch (ReflectiveOperationException wrong) {
            throw new IllegalArgumentException(wrong);
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }

    private static ConsumerRecord<byte[], byte[]> plainJson(long offset, String tenant) {
        return of(offset, tenant, "{\"tenant\":\"" + tenant + "\"}");
    }

    private static ConsumerRecord<byte[], byte[]> of(int partition, long offset, String tenant) {
        return of(partition, offset, tenant, "{\"tenant\":\"" + tenant + "\"}");
    }

    private static ConsumerRecord<byte[], byte[]> of(long offset, String key, String value) {
        return of(0, offset, key, value);
    }

    private static ConsumerRecord<byte[], byte[]> of(int partition, long offset, String key, String value) {
        return of(Topic.TENANT_CREATED.baseName(), partition, offset, key, value);
    }

    private static ConsumerRecord<byte[], byte[]> of(
            String topic, int partition, long offset, String key, String value) {
        return new ConsumerRecord<>(
                topic, partition, offset, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }
}

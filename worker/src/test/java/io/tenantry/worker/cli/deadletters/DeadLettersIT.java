package io.tenantry.worker.cli.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.scenario.MigratedRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code dead-letters}: they are written as a worker writes them, so no worker is needed. */
@Order(9)
class DeadLettersIT {
    private static final int PARTITION = 2;

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    @BeforeEach
    void topics() {
        control.deployment().withTopics();
    }

    @Test
    void listsWhatIsMeantAndShowsItWithoutItsControlCharacters() {
        String request = place(letter("acme", "first", ErrorCode.UNKNOWN_DATABASE));
        String broken = place(deadLetter(
                new ProducerRecord<>(
                        topic(), PARTITION, bytes("b\u001bd"), bytes("{\"a\":\n\u001b[2J"), new RecordHeaders()),
                ErrorCode.INVALID_EVENT,
                false));

        assertThat(letters("list")).containsExactlyInAnyOrder(request, broken);
        assertThat(letters("list", "--code", "invalid-event")).containsExactly(broken);
        assertThat(letters("list", request)).containsExactly(request);
        assertThat(letters("list", topic() + "/" + PARTITION + "/7")).containsExactlyInAnyOrder(request, broken);
        CommandLineRun list = run("list");
        assertThat(list.out())
                .contains("b\\u001bd", "because of a test", "unknown-database")
                .doesNotContain("\u001b");
        CommandLineRun show = run("show", broken);
        assertThat(show.out())
                .contains("{\"a\":\\n\\u001b[2J", ErrorCode.INVALID_EVENT.advice(), "__dlq.errors.topic: " + topic())
                .doesNotContain("\u001b");
        assertThat(run("show", broken, "--json").json().get(0).at("/value").asText())
                .isEqualTo("{\"a\":\n\u001b[2J");
        CommandLineRun nowhere = run("show", topic() + "-dlt-0@99");
        assertThat(nowhere.status()).isEqualTo(1);
        assertThat(nowhere.err()).contains(topic() + "-dlt-0@99", "dead-letters list");
    }

    @Test
    void sendsALetterAgainAsItWasReceived() throws Exception {
        RecordMetadata letter = letter("acme", "first", ErrorCode.UNKNOWN_DATABASE);
        ConsumerRecord<byte[], byte[]> before = read(letter.topic()).get(0);

        CommandLineRun dry = run("replay", place(letter), "--dry-run");

        assertThat(dry.status()).isZero();
        assertThat(dry.out()).contains("would be sent to " + topic() + "-" + PARTITION);
        assertThat(read(topic())).isEmpty();

        CommandLineRun replay = run("replay", "--code", "unknown-database");

        assertThat(replay.status()).as(replay.err()).isZero();
        assertThat(replay.out()).contains(place(letter) + ": sent, and now " + topic() + "-" + PARTITION + "@0");
        assertThat(replay.err()).contains("1 dead letter sent, 0 left out");
        ConsumerRecord<byte[], byte[]> sent = read(topic()).get(0);
        assertThat(sent.partition()).isEqualTo(PARTITION);
        assertThat(sent.key()).isEqualTo(before.key());
        assertThat(sent.value()).isEqualTo(before.value());
        Map<String, String> headers = headers(before);
        headers.keySet().removeIf(name -> name.startsWith("__dlq.") || name.equals(DeadLetter.CODE));
        headers.put("tenantry.replay.of", place(letter));
        assertThat(headers(sent)).isEqualTo(headers).containsEntry("ce_id", "first");
        assertThat(read(letter.topic())).hasSize(1);

        // It fails again, and the operator sends both again.
        ConsumerRecord<byte[], byte[]> again = read(topic()).get(0);
        RecordMetadata second = control.deployment()
                .events()
                .send(DeadLetter.record(again, topic() + "-dlt", "group", ErrorCode.UNKNOWN_DATABASE, "again"));
        CommandLineRun both = run("replay", "--all", "--json");

        assertThat(both.status()).isEqualTo(1);
        Map<String, JsonNode> outcomes = new TreeMap<>();
        both.json().forEach(line -> outcomes.put(line.at("/letter").asText(), line));
        assertThat(outcomes.getOrDefault(place(letter), MissingNode.getInstance())
                        .at("/skipped")
                        .asText())
                .contains("became the dead letter " + place(second));
        assertThat(outcomes.getOrDefault(place(second), MissingNode.getInstance())
                        .at("/sent")
                        .asBoolean())
                .isTrue();
        assertThat(headers(read(topic()).get(1))).containsEntry("tenantry.replay.of", place(second));
    }

    @Test
    void endsAfterTheLetterThatItIsAtWhenItIsInterrupted() throws Exception {
        letter("acme", "first", ErrorCode.UNKNOWN_DATABASE);
        letter("acme", "second", ErrorCode.UNKNOWN_DATABASE);
        letter("acme", "third", ErrorCode.UNKNOWN_DATABASE);

        CommandLineRun replay =
                CommandLineRun.interruptedOn(control.deployment(), "dead-letters", "replay", "--all", "--json");

        assertThat(replay.status()).isEqualTo(130);
        assertThat(replay.json())
                .extracting(
                        line -> line.at("/sent").asText() + line.at("/error").asText())
                .containsExactly("true", "interrupted");
        assertThat(replay.err())
                .contains("1 dead letter sent, 0 left out, 2 not tried")
                .contains("2 dead letters were not tried: give this command again");
        assertThat(read(topic())).hasSize(1);
    }

    @Test
    void goesOnAfterALetterThatKafkaRefuses() throws Exception {
        ConfigResource requests = new ConfigResource(ConfigResource.Type.TOPIC, topic());
        try (Access access = new Access(control.deployment().settings(), Interruption.never());
                Admin admin = access.kafka().admin()) {
            var most = new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "2000");
            admin.incrementalAlterConfigs(Map.of(requests, List.of(new AlterConfigOp(most, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
        RecordMetadata large = deadLetter(
                new ProducerRecord<>(topic(), PARTITION, bytes("acme"), bytes("x".repeat(5000)), new RecordHeaders()),
                ErrorCode.INVALID_EVENT,
                false);
        RecordMetadata small = letter("acme", "small", ErrorCode.UNKNOWN_DATABASE);
        assertThat(small.partition()).as("it comes after the large one").isEqualTo(large.partition());

        CommandLineRun replay = run("replay", "--all");

        assertThat(replay.status()).isEqualTo(1);
        assertThat(replay.lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith(place(large) + ": refused: ") && line.contains("larger"))
                .anyMatch(line -> line.startsWith(place(small) + ": sent"));
        assertThat(replay.err()).contains("1 dead letter sent, 0 left out, 1 refused");
        assertThat(read(topic())).hasSize(1);
    }

    @Test
    void leavesOutWhatNoWorkerWouldAnswer() throws Exception {
        RecordMetadata answered = letter("acme", "answered", ErrorCode.UNKNOWN_DATABASE);
        RecordMetadata tooLarge = deadLetter(
                control.deployment()
                        .events()
                        .encode("large", new MigrationRequested("acme", null, List.of(), "1", null, 1)),
                ErrorCode.INVALID_EVENT,
                true);
        RecordMetadata foreign = control.deployment()
                .events()
                .send(DeadLetter.record(
                        received(new ProducerRecord<>("somewhere.else", 0, bytes("k"), bytes("v"))),
                        topic() + "-dlt",
                        "group",
                        ErrorCode.INVALID_EVENT,
                        "of another system"));
        control.deployment()
                .executeInRegistry(
                        "INSERT INTO tenantry.request (source, id, type, key, topic, partition, \"offset\","
                                + " result_id, result_source, result_type, result_time, result) VALUES ('/test', 'answered',"
                                + " 'io.tenantry.migration.requested.v1', 'acme', 't', 0, 0, 'r', '/tenantry', 'type', now(), '{}')");

        CommandLineRun replay = run("replay", "--all");

        assertThat(replay.status()).isEqualTo(1);
        assertThat(replay.lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith(place(answered)) && line.contains("was answered since"))
                .anyMatch(line -> line.startsWith(place(tooLarge)) && line.contains("value was not kept"))
                .anyMatch(line -> line.startsWith(place(foreign)) && line.contains("does not name the topic"));
        assertThat(read(topic())).isEmpty();
        assertThat(run("replay").status()).isEqualTo(2);
        control.deployment().with("kafka.bootstrap-servers", "127.0.0.1:1");
        CommandLineRun away = run("list");
        assertThat(away.status()).isEqualTo(1);
        assertThat(away.err())
                .contains("127.0.0.1:1", "kafka.bootstrap-servers")
                .hasLineCount(1);
    }

    private String topic() {
        return control.deployment().prefix() + "migration.requested";
    }

    private RecordMetadata letter(String tenant, String id, ErrorCode code) {
        return deadLetter(
                control.deployment().events().encode(id, new MigrationRequested(tenant, null, List.of(), "1", null, 1)),
                code,
                false);
    }

    private RecordMetadata deadLetter(ProducerRecord<byte[], byte[]> request, ErrorCode code, boolean withoutValue) {
        ConsumerRecord<byte[], byte[]> received = received(request);
        String letters = topic() + "-dlt";
        return control.deployment()
                .events()
                .send(
                        withoutValue
                                ? DeadLetter.headersOnly(received, letters, "group", code, "because of a test")
                                : DeadLetter.record(received, letters, "group", code, "because of a test"));
    }

    private static ConsumerRecord<byte[], byte[]> received(ProducerRecord<byte[], byte[]> request) {
        return new ConsumerRecord<>(
                request.topic(),
                PARTITION,
                7,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                request.key(),
                request.value(),
                new RecordHeaders(request.headers()),
                Optional.empty());
    }

    private static String place(RecordMetadata record) {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (Access access = new Access(control.deployment().settings(), Interruption.never());
                Consumer<byte[], byte[]> consumer = access.kafka().consumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(one -> new TopicPartition(topic, one.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers().forEach(header -> headers.put(header.key(), text(header.value())));
        return headers;
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, UTF_8);
    }

    private List<String> letters(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        CommandLineRun run = run(all.toArray(String[]::new));
        assertThat(run.status()).as(run.err()).isZero();
        return run.json().stream().map(line -> line.at("/letter").asText()).toList();
    }

    private CommandLineRun run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("dead-letters"));
        all.addAll(List.of(arguments));
        return CommandLineRun.on(control.deployment(), all.toArray(String[]::new));
    }
}

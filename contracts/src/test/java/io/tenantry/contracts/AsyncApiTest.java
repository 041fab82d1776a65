package io.tenantry.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class AsyncApiTest {
    private static final String DEAD_LETTER = "dead-letter";

    private final JsonNode document = new YAMLMapper().readTree(EventCodec.class.getResourceAsStream("asyncapi.yaml"));

    @Test
    void isAnAsyncApi3Document() {
        assertThat(document.get("asyncapi").stringValue()).isEqualTo("3.1.0");
    }

    @Test
    void namesEveryTopicAndNoOther() {
        Stream<String> topics = Arrays.stream(Topic.values()).map(Topic::baseName);
        Stream<String> deadLetters =
                Arrays.stream(Topic.values()).filter(Topic::hasDeadLetters).map(topic -> topic.deadLetterName(""));
        assertThat(channels().map(channel -> channel.get("address").stringValue()))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(topics, deadLetters).toList());
    }

    @Test
    void namesEveryTypeAndNoOther() {
        List<String> types = Stream.concat(
                        Stream.of(DEAD_LETTER),
                        Arrays.stream(EventType.values()).map(EventType::type))
                .toList();
        assertThat(document.at("/components/messages").valueStream().map(AsyncApiTest::name))
                .containsExactlyInAnyOrderElementsOf(types);
    }

    @ParameterizedTest
    @EnumSource
    void putsOnATopicTheTypesOfTheCode(Topic topic) {
        assertThat(messages(topic.baseName()))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(EventType.values())
                        .filter(type -> type.topic() == topic)
                        .map(EventType::type)
                        .toList());
        if (topic.hasDeadLetters()) {
            assertThat(messages(topic.deadLetterName(""))).containsExactly(DEAD_LETTER);
        }
    }

    @ParameterizedTest
    @EnumSource
    void refersToTheSchemaOfAType(EventType type) {
        JsonNode message = document.at("/components/messages")
                .valueStream()
                .filter(candidate -> name(candidate).equals(type.type()))
                .findFirst()
                .orElseThrow();
        assertThat(message.at("/payload/schema/$ref").stringValue()).isEqualTo("./schemas/" + type.schema());
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        assertThat(document.findValuesAsString("$ref")).isNotEmpty().allSatisfy(reference -> {
            String[] parts = reference.split("#", 2);
            JsonNode target = parts[0].isEmpty()
                    ? document
                    : Sample.JSON.readTree(Objects.requireNonNull(
                            EventCodec.class.getResourceAsStream(parts[0].substring("./".length())), parts[0]));
            assertThat(parts.length < 2 || !target.at(parts[1]).isMissingNode()).isTrue();
        });
    }

    @Test
    void tenantrySendsOrReceivesOnEveryChannelOnce() {
        Set<String> received = channelsOf("receive");
        Set<String> sent = channelsOf("send");
        assertThat(received)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Topic.values())
                        .filter(Topic::hasDeadLetters)
                        .map(Topic::baseName)
                        .toList());
        assertThat(sent).doesNotContainAnyElementsOf(received);
        assertThat(sent.size() + received.size()).isEqualTo(channels().count());
        assertThat(document.get("operations").size()).isEqualTo(channels().count());
    }

    @Test
    void namesEveryHeaderOfADeadLetter() {
        JsonNode headers = document.at("/components/schemas/deadLetterHeaders");
        List<String> names = List.of(
                DeadLetter.TOPIC,
                DeadLetter.PARTITION,
                DeadLetter.OFFSET,
                DeadLetter.GROUP,
                DeadLetter.MESSAGE,
                DeadLetter.CODE);
        assertThat(headers.get("properties").propertyNames()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(headers.get("required").valueStream().map(JsonNode::stringValue))
                .containsExactlyInAnyOrderElementsOf(names);
    }

    private Stream<JsonNode> channels() {
        return document.get("channels").valueStream();
    }

    private List<String> messages(String address) {
        JsonNode channel = channels()
                .filter(candidate -> candidate.get("address").stringValue().equals(address))
                .findFirst()
                .orElseThrow();
        return channel.get("messages")
                .valueStream()
                .map(reference -> name(followed(reference)))
                .toList();
    }

    private Set<String> channelsOf(String action) {
        return document.get("operations")
                .valueStream()
                .filter(operation -> operation.get("action").stringValue().equals(action))
                .map(operation ->
                        followed(operation.get("channel")).get("address").stringValue())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private JsonNode followed(JsonNode reference) {
        return document.at(reference.get("$ref").stringValue().substring(1));
    }

    private static String name(JsonNode message) {
        return message.get("name").stringValue();
    }
}

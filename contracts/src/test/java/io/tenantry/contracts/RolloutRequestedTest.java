package io.tenantry.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RolloutRequestedTest {
    private final EventCodec codec = new EventCodec();

    /** What the samples of the first release meant. */
    @Test
    void aRequestOfTheFirstReleaseIsAStartForAllTenants() {
        RolloutRequested old = (RolloutRequested)
                Sample.named("rollout-requested.binary.json").decode().data();
        assertThat(old)
                .isEqualTo(new RolloutRequested(
                        "2026-11-22.1",
                        RolloutAction.START,
                        null,
                        List.of("users"),
                        "11",
                        RolloutSelection.ALL,
                        List.of(new Wave("canary", 5, null), new Wave(null, null, 10)),
                        null,
                        new HaltRule(20, 2),
                        null));
        assertThat(old.waves()).allSatisfy(wave -> {
            assertThat(wave.tenants()).isEmpty();
            assertThat(wave.soak()).isNull();
            assertThat(wave.pauseAfter()).isNull();
        });
    }

    @Test
    void readsEveryFieldOfAStart() {
        assertThat(Sample.named("rollout-requested.selection.binary.json")
                        .decode()
                        .data())
                .isEqualTo(new RolloutRequested(
                        "2026-11-26.1",
                        RolloutAction.START,
                        "the release of November",
                        List.of("users", "orders", "billing"),
                        "latest",
                        new RolloutSelection(List.of("eu-*", "acme"), List.of("eu-test-?"), Map.of("plan", "pro")),
                        List.of(
                                new Wave(
                                        "canary",
                                        List.of("acme", "eu-globex"),
                                        null,
                                        null,
                                        Duration.ofMinutes(5),
                                        true),
                                new Wave("a tenth", List.of(), null, 10, Duration.ofSeconds(90), null),
                                new Wave(null, List.of(), 50, null, null, false),
                                new Wave("rest", List.of(), null, 100, Duration.ofDays(1), null)),
                        40,
                        new HaltRule(20, 2),
                        true));
    }

    @Test
    void writesAStartAsTheFirstReleaseDid() {
        assertThat(codec.encodeData(new RolloutRequested("r1", List.of(), "11", List.of(), HaltRule.FIRST_FAILURE)))
                .asString()
                .isEqualTo("{\"rollout\":\"r1\",\"target\":\"11\",\"halt\":{\"maxFailures\":0}}");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "START")
    void writesAnotherActionWithoutTheFieldsOfAStart(RolloutAction action) throws InvalidEventException {
        RolloutRequested change = RolloutRequested.change("r1", action, "because");
        String json = new String(codec.encodeData(change), UTF_8);
        assertThat(json)
                .isEqualTo("{\"rollout\":\"r1\",\"action\":\"" + action.wireName() + "\",\"reason\":\"because\"}");
        assertThat(rollout(json).data()).isEqualTo(change);
    }

    @Test
    void anUnknownActionIsRefusedWithThoseThereAre() {
        assertThat(rollout("{\"rollout\":\"r1\",\"action\":\"stop\"}").refusal())
                .isEqualTo("action is \"stop\"; expected one of start, pause, resume, abort, retry-failed");
    }

    @Test
    void anAbortNeedsAReason() {
        assertThat(rollout("{\"rollout\":\"r1\",\"action\":\"abort\"}").refusal())
                .isEqualTo("reason is missing; expected why the rollout is aborted, for people");
        assertThat(rollout("{\"rollout\":\"r1\",\"action\":\"abort\",\"reason\":\"\"}")
                        .refusal())
                .startsWith("reason is \"\"; expected 1 to 1000 characters");
        assertThat(rollout("{\"rollout\":\"r1\",\"reason\":\"" + "x".repeat(1001) + "\"}")
                        .refusal())
                .startsWith("reason is \"x");
        assertThat(rollout("{\"rollout\":\"r1\",\"reason\":\"a\\u0000\"}").refusal())
                .startsWith("reason is \"a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "databases | ['users']",
                "target | 'latest'",
                "target | '11'",
                "select | {}",
                "select | {'tenants':['a']}",
                "waves | [{'count':1}]",
                "concurrency | 5",
                "halt | {'maxFailures':0}",
                "halt | {'maxFailures':3}",
                "everyTenant | false",
            })
    void refusesAFieldOfAStartBesideAnotherAction(String field, String value) {
        String json = "{'rollout':'r1','action':'retry-failed','" + field + "':" + value + "}";
        assertThat(rollout(json.replace('\'', '"')).refusal())
                .isEqualTo(
                        field + " is set beside action retry-failed; expected it only beside start: what a start asked"
                                + " for never changes");
    }

    @Test
    void aChangeThatIsMadeInCodeHasNoFieldOfAStartEither() {
        assertThatThrownBy(() -> new RolloutRequested(
                        "r1",
                        RolloutAction.PAUSE,
                        null,
                        List.of(),
                        "11",
                        RolloutSelection.ALL,
                        List.of(),
                        null,
                        HaltRule.FIRST_FAILURE,
                        null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("target is set beside action pause");
    }

    @ParameterizedTest
    @CsvSource({"PT5M, 300", "PT0S, 0", "P1DT12H, 129600", "PT90S, 90", "P30D, 2592000", "PT1H1M1S, 3661"})
    void aSoakIsADurationInIso8601(String text, long seconds) throws InvalidEventException {
        Wave wave =
                start(waves("{\"count\":1,\"soak\":\"" + text + "\"}")).waves().get(0);
        assertThat(wave.soak()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void aSoakIsWrittenAsText() {
        Wave wave = new Wave(null, List.of(), 1, null, Duration.ofDays(2).plusSeconds(1), null);
        assertThat(codec.encodeData(new RolloutRequested("r1", List.of(), "11", List.of(wave), HaltRule.FIRST_FAILURE)))
                .asString()
                .contains("\"soak\":\"PT48H1S\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"300", "300.5", "true", "\"5m\"", "\"300\"", "\"PT-1S\"", "\"PT1.5S\"", "\"pt5m\"", "\"P1W\""})
    void refusesAnotherSoakAndSaysHowToWriteIt(String soak) {
        assertThat(rollout(waves("{\"count\":1,\"soak\":" + soak + "}")).refusal())
                .startsWith(
                        "field \"waves[0].soak\" has the wrong type; expected a string with a duration as in ISO 8601,"
                                + " such as PT5M");
    }

    @ParameterizedTest
    @ValueSource(strings = {"P31D", "PT2592001S", "P9999999D", "PT9999999H"})
    void refusesASoakOfMoreThan30Days(String soak) {
        assertThat(rollout(waves("{\"count\":1,\"soak\":\"" + soak + "\"}")).refusal())
                .startsWith("waves[].soak is PT")
                .endsWith("expected whole seconds, PT0S to P30D");
    }

    @Test
    void refusesASoakOfPartsOfASecond() {
        assertThatThrownBy(() -> new Wave(null, List.of(), 1, null, Duration.ofMillis(1500), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT1.5S");
        assertThatThrownBy(() -> new Wave(null, List.of(), 1, null, Duration.ofSeconds(-1), null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "A", "a b", "a.b", "[ab]", "{a,b}", "a/*", "-a", "_a", "!a", "ä", "a\\n", "a,b"})
    void refusesANameOrGlobThatNoTenantCanHave(String name) {
        String expected = "; expected [a-z0-9*?][a-z0-9_*?-]{0,47}";
        assertThat(rollout("{\"rollout\":\"r1\",\"select\":{\"tenants\":[\"a\",\"" + name + "\"]}}")
                        .refusal())
                .startsWith("select.tenants is \"")
                .endsWith(expected);
        assertThat(rollout("{\"rollout\":\"r1\",\"select\":{\"exclude\":[\"" + name + "\"]}}")
                        .refusal())
                .startsWith("select.exclude is \"")
                .endsWith(expected);
        assertThat(rollout(waves("{\"tenants\":[\"" + name + "\"]}")).refusal())
                .startsWith("waves[].tenants is \"")
                .endsWith(expected);
    }

    @Test
    void everyTenantCanBeNamed() throws InvalidEventException {
        String longest = "0_-z".repeat(12);
        assertThat(start(waves("{\"tenants\":[\"" + longest + "\",\"*\",\"?\"]}"))
                        .waves()
                        .get(0)
                        .tenants())
                .containsExactly(longest, "*", "?");
    }

    @Test
    void refusesTwoWavesWithOneName() throws InvalidEventException {
        assertThat(rollout(waves("{\"count\":1,\"name\":\"a\"},{\"count\":1},{\"count\":2,\"name\":\"a\"}"))
                        .refusal())
                .isEqualTo("waves has \"a\" twice; expected another name for each wave");
        assertThat(start(waves("{\"count\":1},{\"count\":1}")).waves()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1"})
    void refusesAConcurrencyOfLessThanOne(String concurrency) {
        assertThat(rollout("{\"rollout\":\"r1\",\"concurrency\":" + concurrency + "}")
                        .refusal())
                .isEqualTo("concurrency is " + concurrency + "; expected 1 or more");
    }

    @Test
    void neverConvertsAWrongBoolean() {
        assertThat(rollout("{\"rollout\":\"r1\",\"everyTenant\":\"true\"}").refusal())
                .startsWith("field \"everyTenant\" has the wrong type; expected true or false");
        assertThat(rollout(waves("{\"count\":1,\"pauseAfter\":1}")).refusal())
                .startsWith("field \"waves[0].pauseAfter\" has the wrong type; expected true or false");
    }

    @Test
    void refusesListsThatAreTooLong() {
        assertThatThrownBy(() -> request(names(RolloutRules.MAX_NAMES + 1), List.of(), List.of(), Map.of()))
                .hasMessageStartingWith("select and waves have 2501 names and globs; expected at most 2500 together");
        assertThatThrownBy(() -> request(
                        names(RolloutRules.MAX_NAMES),
                        List.of(new Wave(null, List.of("a"), null, null, null, null)),
                        List.of(),
                        Map.of()))
                .hasMessageStartingWith("select and waves have 2501 names and globs");
        assertThatThrownBy(() ->
                        request(List.of(), Collections.nCopies(101, new Wave(null, 1, null)), List.of(), Map.of()))
                .hasMessage("waves has 101 entries; expected at most 100");
        assertThatThrownBy(() -> request(List.of(), List.of(), names(101), Map.of()))
                .hasMessage("databases has 101 entries; expected at most 100");
        assertThatThrownBy(() -> request(List.of(), List.of(), List.of(), attributes(21, 1)))
                .hasMessage("select.attributes has 21 entries; expected at most 20");
        assertThatThrownBy(() -> request(List.of(), List.of(), List.of(), Map.of("a", "x".repeat(201))))
                .hasMessageStartingWith("select.attributes has \"a\" with the value \"xxx");
        assertThatThrownBy(() -> request(List.of(), List.of(), List.of(), Map.of("x".repeat(201), "a")))
                .hasMessageStartingWith("select.attributes has \"xxx");
    }

    /** With the characters that are longest as JSON: a control character takes six bytes. */
    @Test
    void theLargestRequestFitsIntoARecord() throws InvalidEventException {
        List<Wave> waves = IntStream.range(0, RolloutRules.MAX_WAVES)
                .mapToObj(i -> new Wave(
                        text(i, 100), List.of(), Integer.MAX_VALUE, null, Duration.ofSeconds(2_591_999), false))
                .toList();
        RolloutRequested largest = new RolloutRequested(
                "r".repeat(100),
                RolloutAction.START,
                text(0, RolloutRules.MAX_REASON_LENGTH),
                names(RolloutRules.MAX_DATABASES),
                "1".repeat(50),
                new RolloutSelection(
                        names(RolloutRules.MAX_NAMES),
                        List.of(),
                        attributes(RolloutRules.MAX_ATTRIBUTES, RolloutRules.MAX_ATTRIBUTE_LENGTH)),
                waves,
                Integer.MAX_VALUE,
                new HaltRule(Integer.MAX_VALUE, 100),
                false);
        Event<RolloutRequested> event =
                new Event<>("1".repeat(512), "/" + "s".repeat(511), EventType.ROLLOUT_REQUESTED, null, null, largest);
        for (ProducerRecord<byte[], byte[]> record : List.of(
                codec.toBinaryRecord(codec.encode(event), "t"), codec.toStructuredRecord(codec.encode(event), "t"))) {
            assertThat(record.value()).hasSizeLessThan(EventCodec.MAX_EVENT_BYTES);
        }
        assertThat(Schemas.errors(EventType.ROLLOUT_REQUESTED, new String(codec.encodeData(largest), UTF_8)))
                .isEmpty();
    }

    @Test
    void theSchemaHasTheLimitsOfTheCode() {
        assertThat(errors(
                        request(names(RolloutRules.MAX_NAMES), List.of(), List.of(), Map.of()),
                        "\"tenants\":[",
                        "\"tenants\":[\"a\","))
                .isNotEmpty();
        assertThat(errors(
                        request(List.of(), Collections.nCopies(100, new Wave(null, 1, null)), List.of(), Map.of()),
                        "\"waves\":[",
                        "\"waves\":[{\"count\":1},"))
                .isNotEmpty();
        assertThat(errors(
                        request(List.of(), List.of(), names(100), Map.of()),
                        "\"databases\":[",
                        "\"databases\":[\"a\","))
                .isNotEmpty();
        assertThat(errors(
                        request(List.of(), List.of(), List.of(), attributes(20, 1)),
                        "\"attributes\":{",
                        "\"attributes\":{\"a\":\"a\","))
                .isNotEmpty();
        assertThat(errors(request(List.of(), List.of(), List.of(), Map.of("a", "x".repeat(200))), "xx", "xxx"))
                .isNotEmpty();
        assertThat(errors(RolloutRequested.change("r1", RolloutAction.PAUSE, "x".repeat(1000)), "xx", "xxx"))
                .isNotEmpty();
    }

    private List<?> errors(RolloutRequested valid, String part, String change) {
        String json = new String(codec.encodeData(valid), UTF_8);
        assertThat(Schemas.errors(EventType.ROLLOUT_REQUESTED, json)).isEmpty();
        String changed = json.replaceFirst(Pattern.quote(part), change);
        assertThat(changed).isNotEqualTo(json);
        return Schemas.errors(EventType.ROLLOUT_REQUESTED, changed);
    }

    private static RolloutRequested request(
            List<String> tenants, List<Wave> waves, List<String> databases, Map<String, String> attributes) {
        return new RolloutRequested(
                "r1",
                RolloutAction.START,
                null,
                databases,
                "latest",
                new RolloutSelection(tenants, List.of(), attributes),
                waves,
                null,
                HaltRule.FIRST_FAILURE,
                null);
    }

    /** Different ones, as long as they may be. */
    private static List<String> names(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "t".repeat(43) + String.format("%05d", i))
                .toList();
    }

    private static Map<String, String> attributes(int count, int length) {
        Map<String, String> attributes = new LinkedHashMap<>();
        IntStream.range(0, count).forEach(i -> attributes.put(text(i, Math.max(length, 2)), text(0, length)));
        return attributes;
    }

    private static String text(int number, int length) {
        return (char) ('A' + number) + "\u0001".repeat(length - 1);
    }

    private static String waves(String waves) {
        return "{\"rollout\":\"r1\",\"waves\":[" + waves + "]}";
    }

    private static RolloutRequested start(String json) throws InvalidEventException {
        return (RolloutRequested) rollout(json).data();
    }

    private static Received rollout(String json) {
        return Received.event(EventType.ROLLOUT_REQUESTED).key("r1").value(json);
    }
}

package io.tenantry.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataRulesTest {

    @Test
    void whatIsNullOrMissingInARequestHasItsDefault() throws InvalidEventException {
        assertThat(created("{\"tenant\":\"acme\",\"databases\":null,\"attributes\":null}")
                        .data())
                .isEqualTo(new TenantCreated("acme", List.of(), Map.of()));
        MigrationRequested all = new MigrationRequested("acme", null, List.of(), "latest", null, 1);
        assertThat(migration("{\"tenant\":\"acme\"}").data()).isEqualTo(all);
        assertThat(migration(
                                "{\"tenant\":\"acme\",\"database\":null,\"target\":null,\"rollout\":null,\"attempt\":null}")
                        .data())
                .isEqualTo(all);
        assertThat(rollout("{\"rollout\":\"r1\",\"target\":null,\"waves\":null,\"halt\":null}")
                        .data())
                .isEqualTo(new RolloutRequested("r1", List.of(), "latest", List.of(), HaltRule.FIRST_FAILURE));
    }

    @Test
    void aRequestForASharedDatabaseIsKeyedByIt() throws InvalidEventException {
        assertThat(migration("{\"database\":\"billing\",\"target\":\"2.1\"}")
                        .key("billing")
                        .data())
                .isEqualTo(new MigrationRequested(null, "billing", List.of(), "2.1", null, 1));
    }

    @Test
    void doesNotWriteWhatIsEmptyInARequest() {
        EventCodec codec = new EventCodec();
        assertThat(codec.encodeData(new TenantCreated("acme", List.of(), Map.of())))
                .asString()
                .isEqualTo("{\"tenant\":\"acme\"}");
        assertThat(codec.encodeData(new MigrationRequested("acme", null, List.of(), "latest", null, 1)))
                .asString()
                .isEqualTo("{\"tenant\":\"acme\",\"target\":\"latest\",\"attempt\":1}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "ACME",
                "-acme",
                "_acme",
                "ac me",
                "acmé",
                "acme\\n",
                "\\u0000",
                "a.b",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void refusesABadNameOfATenantOrDatabase(String name) {
        String expected = "expected [a-z0-9][a-z0-9_-]{0,47}";
        assertThat(created("{\"tenant\":\"" + name + "\"}").refusal())
                .startsWith("tenant is \"")
                .endsWith(expected);
        assertThat(created("{\"tenant\":\"acme\",\"databases\":[\"users\",\"" + name + "\"]}")
                        .refusal())
                .startsWith("databases is \"")
                .endsWith(expected);
        assertThat(migration("{\"database\":\"" + name + "\"}").refusal())
                .startsWith("database is \"")
                .endsWith(expected);
    }

    @Test
    void aTenantHasUpTo48Characters() throws InvalidEventException {
        String longest = "0_-z".repeat(12);
        assertThat(created("{\"tenant\":\"" + longest + "\"}")
                        .key(longest)
                        .data()
                        .key())
                .isEqualTo(longest);
    }

    @Test
    void refusesAMissingTenant() {
        assertThat(created("{}").refusal()).startsWith("tenant is missing");
        assertThat(created("{\"tenant\":null}").refusal()).startsWith("tenant is missing");
        assertThat(created("{\"Tenant\":\"acme\"}").refusal()).startsWith("tenant is missing");
        assertThat(migration("{}").refusal()).startsWith("tenant is missing");
        assertThat(rollout("{}").refusal()).startsWith("rollout is missing");
    }

    @Test
    void refusesATenantTogetherWithASharedDatabase() {
        assertThat(migration("{\"tenant\":\"acme\",\"database\":\"billing\"}").refusal())
                .startsWith("both tenant and database are set");
        assertThat(migration("{\"database\":\"billing\",\"databases\":[\"users\"]}")
                        .refusal())
                .startsWith("databases is set beside database \"billing\"");
        assertThat(migration("{\"database\":\"billing\",\"targets\":{\"billing\":\"2\"}}")
                        .refusal())
                .startsWith("targets is set beside database \"billing\"");
    }

    @Test
    void theTargetOfADatabaseGoesBeforeTheTargetOfTheRequest() throws InvalidEventException {
        MigrationRequested data = (MigrationRequested)
                migration("{\"tenant\":\"acme\",\"target\":\"9\",\"targets\":{\"users\":\"11\",\"orders\":\"latest\"}}")
                        .data();
        assertThat(data.targetOf("users")).isEqualTo("11");
        assertThat(data.targetOf("orders")).isEqualTo("latest");
        assertThat(data.targetOf("billing")).isEqualTo("9");
        assertThat(migration("{\"tenant\":\"acme\",\"targets\":null}").data())
                .isEqualTo(new MigrationRequested("acme", null, List.of(), "latest", null, 1, Map.of()));
    }

    @Test
    void refusesABadTargetOfADatabase() {
        assertThat(migration("{\"tenant\":\"acme\",\"targets\":{\"users\":\"v1\"}}")
                        .refusal())
                .isEqualTo(
                        "targets of \"users\" is \"v1\"; expected \"latest\" or a version such as 11 or 2.1, of at most 50"
                                + " characters");
        assertThat(migration("{\"tenant\":\"acme\",\"targets\":{\"users\":null}}")
                        .refusal())
                .isEqualTo("targets of \"users\" is null; expected a version");
        assertThat(migration("{\"tenant\":\"acme\",\"targets\":{\"USERS\":\"1\"}}")
                        .refusal())
                .startsWith("targets is \"USERS\"; expected");
    }

    @Test
    void refusesADatabaseThatIsNamedTwice() {
        assertThat(created("{\"tenant\":\"acme\",\"databases\":[\"users\",\"users\"]}")
                        .refusal())
                .isEqualTo("databases has \"users\" twice; expected each database once");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Latest",
                "v1",
                "1.",
                ".1",
                "1..2",
                "1-2",
                "1 ",
                "-1",
                "1\\u00002",
                "١",
                "1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1"
            })
    void refusesATargetThatIsNoVersion(String target) {
        assertThat(migration("{\"tenant\":\"acme\",\"target\":\"" + target + "\"}")
                        .refusal())
                .startsWith("target is \"")
                .contains("expected \"latest\" or a version");
        assertThat(rollout("{\"rollout\":\"r1\",\"target\":\"" + target + "\"}").refusal())
                .startsWith("target is \"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "latest",
                "0",
                "11",
                "2.1",
                "2_1",
                "20261122093000",
                "1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.11"
            })
    void takesEveryTargetThatIsAVersion(String target) throws InvalidEventException {
        assertThat(migration("{\"tenant\":\"acme\",\"target\":\"" + target + "\"}")
                        .data())
                .extracting(data -> ((MigrationRequested) data).target())
                .isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"tenant\":5}",
                "{\"tenant\":true}",
                "{\"tenant\":1.5}",
                "{\"tenant\":[\"acme\"]}",
                "{\"tenant\":{\"name\":\"acme\"}}",
                "{\"tenant\":\"acme\",\"databases\":\"users\"}",
                "{\"tenant\":\"acme\",\"databases\":\"\"}",
                "{\"tenant\":\"acme\",\"databases\":{}}",
                "{\"tenant\":\"acme\",\"databases\":[5]}",
                "{\"tenant\":\"acme\",\"databases\":[true]}",
                "{\"tenant\":\"acme\",\"databases\":[[\"users\"]]}",
                "{\"tenant\":\"acme\",\"attributes\":[]}",
                "{\"tenant\":\"acme\",\"attributes\":\"\"}",
                "{\"tenant\":\"acme\",\"attributes\":{\"a\":1}}",
                "{\"tenant\":\"acme\",\"attributes\":{\"a\":true}}",
                "{\"tenant\":\"acme\",\"attributes\":{\"a\":{}}}",
                "[]",
                "\"acme\"",
                "\"\"",
                "5",
                "true"
            })
    void neverConvertsAWrongType(String json) {
        assertThat(created(json).refusal()).contains("wrong type; expected a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1\"", "1.5", "1.0", "true", "[1]", "{}", "99999999999", "\"\""})
    void neverConvertsAWrongNumber(String attempt) {
        assertThat(migration("{\"tenant\":\"acme\",\"attempt\":" + attempt + "}")
                        .refusal())
                .containsAnyOf("\"attempt\"", "valid JSON: Numeric value");
    }

    @Test
    void refusesNullsInListsAndMaps() {
        assertThat(created("{\"tenant\":\"acme\",\"databases\":[null]}").refusal())
                .contains("databases has a null");
        assertThat(created("{\"tenant\":\"acme\",\"attributes\":{\"a\":null}}").refusal())
                .isEqualTo("attribute \"a\" is null; expected a string");
        assertThat(rollout("{\"rollout\":\"r1\",\"waves\":[null]}").refusal()).contains("waves has a null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"tenant\":\"acme\"} x",
                "{\"tenant\":\"acme\"}{}",
                "{\"tenant\":\"acme\",\"tenant\":\"acme\"}",
                "{\"tenant\":\"acme\",\"other\":{\"a\":1,\"a\":2}}",
                "{\"tenant\":\"acme\",\"attributes\":{\"a\":\"1\",\"a\":\"2\"}}",
                "{\"tenant\":\"acme\"",
                "{'tenant':'acme'}",
                "{tenant:\"acme\"}",
                "{\"tenant\":\"acme\",}",
                "{\"tenant\":\"acme\"/**/}",
                "{\"tenant\":\"acme\",\"other\":NaN}",
                "{\"tenant\":\"acme\",\"other\":01}",
                "\uFEFF{\"tenant\":\"acme\"}",
                "tenant"
            })
    void refusesWhatIsNotExactlyOneJsonValue(String json) {
        assertThat(created(json).refusal()).containsAnyOf("not valid JSON", "railing token");
    }

    @Test
    void refusesJsonThatIsNotUtf8() {
        assertThat(created("")
                        .value("{\"tenant\":\"acme\"}".getBytes(StandardCharsets.UTF_16LE))
                        .refusal())
                .isNotEmpty();
        assertThat(created("").value(new byte[] {'"', (byte) 0xff, '"'}).refusal())
                .contains("UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u0000", "a\\u0000b", "\\ud800", "\\udc00\\ud800"})
    void refusesAttributesThatPostgresCannotStore(String text) {
        assertThat(created("{\"tenant\":\"acme\",\"attributes\":{\"a\":\"" + text + "\"}}")
                        .refusal())
                .startsWith("attribute \"a\" is \"");
        assertThat(created("{\"tenant\":\"acme\",\"attributes\":{\"" + text + "\":\"a\"}}")
                        .refusal())
                .containsAnyOf("an attribute's name is \"", "urrogate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-r", "a b", "r\\n", "ü"})
    void refusesABadNameOfARollout(String name) {
        assertThat(rollout("{\"rollout\":\"" + name + "\"}").refusal()).startsWith("rollout is \"");
        assertThat(migration("{\"tenant\":\"acme\",\"rollout\":\"" + name + "\"}")
                        .refusal())
                .startsWith("rollout is \"");
    }

    @Test
    void refusesNumbersOutOfTheirRange() {
        assertThat(migration("{\"tenant\":\"acme\",\"attempt\":0}").refusal())
                .isEqualTo("attempt is 0; expected 1 or more");
        assertThat(rollout("{\"rollout\":\"r1\",\"waves\":[{\"count\":0}]}").refusal())
                .contains("waves[].count is 0");
        assertThat(rollout("{\"rollout\":\"r1\",\"waves\":[{\"percent\":101}]}").refusal())
                .isEqualTo("waves[].percent is 101; expected 1 to 100");
        assertThat(rollout("{\"rollout\":\"r1\",\"halt\":{\"maxFailures\":-1}}").refusal())
                .contains("halt.maxFailures is -1");
        assertThat(rollout("{\"rollout\":\"r1\",\"halt\":{\"maxFailurePercent\":101}}")
                        .refusal())
                .contains("halt.maxFailurePercent is 101");
    }

    @Test
    void aWaveHasOneSizeAndAHaltRuleAtLeastOneLimit() {
        assertThat(rollout("{\"rollout\":\"r1\",\"waves\":[{}]}").refusal())
                .isEqualTo("a wave has none of tenants, count and percent; expected exactly one of them");
        assertThat(rollout("{\"rollout\":\"r1\",\"waves\":[{\"count\":1,\"percent\":1}]}")
                        .refusal())
                .contains("a wave has several of tenants, count and percent");
        assertThat(rollout("{\"rollout\":\"r1\",\"halt\":{}}").refusal()).contains("halt has no limit");
        assertThat(rollout("{\"rollout\":\"r1\",\"waves\":[{\"count\":1,\"name\":\" \"}]}")
                        .refusal())
                .contains("waves[].name");
    }

    @Test
    void aCodeOfALaterReleaseIsReadAsInternal() throws InvalidEventException {
        assertThat(new EventCodec()
                        .decodeData(
                                "{\"code\":\"new-code\",\"rollout\":\"r\",\"target\":\"1\",\"failures\":{},\"counts\":{\"total\":1,\"completed\":0,\"upToDate\":0,\"failed\":0,\"skipped\":0}}"
                                        .getBytes(StandardCharsets.UTF_8),
                                RolloutResult.class)
                        .code())
                .isEqualTo(ErrorCode.INTERNAL);
    }

    @Test
    void storedDataThatCannotBeReadIsAnIllegalArgument() {
        assertThatThrownBy(() -> new EventCodec().decodeData(new byte[] {'x'}, TenantCreated.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not valid JSON");
    }

    @Test
    void showsAValueCutAndEscaped() {
        String message =
                created("{\"tenant\":\"" + "\\n\\u001b".repeat(5000) + "\"}").refusal();
        assertThat(message).hasSizeLessThan(600).contains("\\u000a\\u001b").doesNotContainPattern("\\p{Cntrl}");
        assertThat(created("{\"tenant\":\"acme\",\"" + "\\n".repeat(5000) + "\":")
                        .refusal())
                .hasSizeLessThan(600)
                .doesNotContainPattern("\\p{Cntrl}");
    }

    private static Received created(String data) {
        return Received.event(EventType.TENANT_CREATED).value(data);
    }

    private static Received migration(String data) {
        return Received.event(EventType.MIGRATION_REQUESTED).value(data);
    }

    private static Received rollout(String data) {
        return Received.event(EventType.ROLLOUT_REQUESTED).key("r1").value(data);
    }
}

package io.tenantry.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

class SchemasTest {
    private static final Set<String> SHARED =
            Set.of("definitions.v1.json", "tenant-result.v1.json", "rollout-result.v1.json", "tenant-drift.v1.json");

    @Test
    void thereIsASchemaForEveryEventAndNoOther() {
        Set<String> expected = new TreeSet<>(SHARED);
        Arrays.stream(EventType.values()).map(EventType::schema).forEach(expected::add);
        assertThat(Sample.resources("schemas"))
                .extracting(file -> file.getFileName().toString())
                .containsExactlyElementsOf(expected);
    }

    @Test
    void everySchemaIsNamedByItsFileAndUsesTheDialect() {
        for (Path file : Sample.resources("schemas")) {
            JsonNode schema = Sample.JSON.readTree(file.toFile());
            assertThat(schema.get("$id").stringValue()).isEqualTo(Schemas.BASE + file.getFileName());
            assertThat(schema.get("$schema").stringValue()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
            assertThat(schema.get("description").stringValue()).isNotBlank();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSchemaNamesItsTopicAndType(EventType type) {
        assertThat(schema(type.schema()).get("description").stringValue())
                .contains("Topic " + type.topic().baseName() + ", type " + type.type() + ".");
    }

    @Test
    void theSchemaListsEveryErrorCode() {
        JsonNode examples = schema("definitions.v1.json").at("/$defs/errorCode").get("examples");
        assertThat(examples.valueStream().map(JsonNode::stringValue))
                .containsExactly(
                        Arrays.stream(ErrorCode.values()).map(ErrorCode::code).toArray(String[]::new));
    }

    @Test
    void theSchemaListsEveryOutcome() {
        JsonNode outcome = schema("tenant-result.v1.json").at("/properties/databases/items/properties/outcome/enum");
        assertThat(outcome.valueStream().map(JsonNode::stringValue))
                .containsExactlyElementsOf(
                        Arrays.stream(Outcome.values()).map(Outcome::wireName).collect(Collectors.toList()));
    }

    @Test
    void theSchemaListsEveryAction() {
        JsonNode action = schema("rollout-requested.v1.json").at("/properties/action");
        assertThat(action.get("enum").valueStream().filter(JsonNode::isString).map(JsonNode::stringValue))
                .containsExactlyElementsOf(Arrays.stream(RolloutAction.values())
                        .map(RolloutAction::wireName)
                        .toList());
        for (RolloutAction each : RolloutAction.values()) {
            assertThat(action.get("description").stringValue()).contains(each.wireName() + ": ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "TENANT_CREATED | {}",
                "TENANT_CREATED | []",
                "TENANT_CREATED | null",
                "TENANT_CREATED | {'tenant':null}",
                "TENANT_CREATED | {'tenant':5}",
                "TENANT_CREATED | {'tenant':'ACME'}",
                "TENANT_CREATED | {'tenant':'acme','databases':'users'}",
                "TENANT_CREATED | {'tenant':'acme','databases':[5]}",
                "TENANT_CREATED | {'tenant':'acme','databases':[null]}",
                "TENANT_CREATED | {'tenant':'acme','databases':['A']}",
                "TENANT_CREATED | {'tenant':'acme','databases':['a','a']}",
                "TENANT_CREATED | {'tenant':'acme','attributes':{'a':1}}",
                "TENANT_CREATED | {'tenant':'acme','attributes':{'a':null}}",
                "TENANT_CREATED | {'tenant':'acme','attributes':{'a':'\\u0000'}}",
                "TENANT_CREATED | {'tenant':'acme','attributes':{'\\u0000':'a'}}",
                "MIGRATION_REQUESTED | {}",
                "MIGRATION_REQUESTED | {'tenant':null}",
                "MIGRATION_REQUESTED | {'tenant':null,'database':null}",
                "MIGRATION_REQUESTED | {'tenant':'acme','database':'billing'}",
                "MIGRATION_REQUESTED | {'database':'billing','databases':['users']}",
                "MIGRATION_REQUESTED | {'database':'B'}",
                "MIGRATION_REQUESTED | {'tenant':'acme','target':''}",
                "MIGRATION_REQUESTED | {'tenant':'acme','target':'v1'}",
                "MIGRATION_REQUESTED | {'tenant':'acme','target':11}",
                "MIGRATION_REQUESTED | {'tenant':'acme','target':'111111111111111111111111111111111111111111111111111'}",
                "MIGRATION_REQUESTED | {'tenant':'acme','rollout':''}",
                "MIGRATION_REQUESTED | {'tenant':'acme','attempt':0}",
                "MIGRATION_REQUESTED | {'tenant':'acme','attempt':'1'}",
                "MIGRATION_REQUESTED | {'tenant':'acme','attempt':9999999999}",
                "MIGRATION_REQUESTED | {'database':'billing','targets':{'billing':'2'}}",
                "MIGRATION_REQUESTED | {'tenant':'acme','targets':{'users':'v1'}}",
                "MIGRATION_REQUESTED | {'tenant':'acme','targets':{'users':null}}",
                "MIGRATION_REQUESTED | {'tenant':'acme','targets':{'USERS':'1'}}",
                "MIGRATION_REQUESTED | {'tenant':'acme','targets':['1']}",
                "ROLLOUT_REQUESTED | {}",
                "ROLLOUT_REQUESTED | {'rollout':' '}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':{}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[null]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':0}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'percent':101}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'percent':1}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'name':' '}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','halt':{}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','halt':{'maxFailures':-1}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','halt':{'maxFailurePercent':101}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'tenants':[]}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'tenants':['a'],'count':1}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'tenants':['A']}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'tenants':'a'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'tenants':[null]}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':300}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':'5m'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':'pt5m'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':'PT-5M'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':'-PT5M'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':'PT0.5S'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':'PT12345678S'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':'P'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':'PT'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':'P1DT'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':'P1M'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':'PT5S1M'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':''}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'pauseAfter':'true'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'pauseAfter':1}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','concurrency':0}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','concurrency':'5'}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','everyTenant':'yes'}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','everyTenant':0}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','select':[]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','select':{'tenants':['a b']}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','select':{'tenants':['']}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','select':{'tenants':['[a-z]']}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','select':{'tenants':['-a']}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','select':{'exclude':['A*']}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','select':{'exclude':[null]}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','select':{'attributes':{'plan':1}}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','select':{'attributes':{'plan':null}}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','reason':' '}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','reason':5}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'stop'}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'Pause'}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':''}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':1}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':true}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':['pause']}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'abort'}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'abort','reason':null}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'pause','databases':['users']}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'pause','target':'latest'}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'resume','select':{}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'resume','waves':[{'count':1}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'resume','concurrency':1}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'retry-failed','halt':{'maxFailures':0}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'abort','reason':'r','everyTenant':false}",
            })
    void theSchemaAndTheCodeRefuseTheSame(EventType type, String data) {
        String json = data.replace('\'', '"');
        assertThat(Schemas.errors(type, json)).as("errors of the schema").isNotEmpty();
        assertThat(Received.event(type).value(json).refusal()).doesNotContain("the key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "TENANT_CREATED | {'tenant':'acme'}",
                "TENANT_CREATED | {'tenant':'acme','databases':null,'attributes':null,'other':[1]}",
                "TENANT_CREATED | {'tenant':'acme','databases':[],'attributes':{}}",
                "TENANT_CREATED | {'tenant':'acme','attributes':{'':'','a\\n':'ü\\ud83d\\ude00'}}",
                "MIGRATION_REQUESTED | {'tenant':'acme'}",
                "MIGRATION_REQUESTED | {'database':'acme','tenant':null,'databases':[],'target':'1_2.3'}",
                "MIGRATION_REQUESTED | {'database':'acme','databases':null,'rollout':null,'attempt':null}",
                "ROLLOUT_REQUESTED | {'rollout':'acme'}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'percent':null},{'percent':100,'name':'ä b'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','halt':{'maxFailures':0,'maxFailurePercent':null}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','halt':null,'waves':null,'target':null}",
                "MIGRATION_REQUESTED | {'tenant':'acme','targets':{'users':'11','orders':'latest'}}",
                "MIGRATION_REQUESTED | {'tenant':'acme','targets':null}",
                "MIGRATION_REQUESTED | {'database':'acme','targets':{}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':null,'reason':null,'select':null,'concurrency':null,'everyTenant':null}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'start','reason':'r','everyTenant':false,'concurrency':1}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','select':{}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','select':{'tenants':null,'exclude':[],'attributes':{}}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','select':{'tenants':['*','?a-_','a*'],'attributes':{'':''}}}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'tenants':['a','b?'],'count':null,'percent':null}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'tenants':[],'count':1},{'tenants':null,'percent':1}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':null,'pauseAfter':null},{'count':1,'soak':'P30D','pauseAfter':true}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','waves':[{'count':1,'soak':'PT0S'},{'count':1,'soak':'P1DT1H1M1S'},{'count':1,'soak':'PT90M'}]}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'pause'}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'resume','reason':'ü','databases':[],'waves':[],'target':null,'halt':null}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'retry-failed','select':null,'everyTenant':null,'concurrency':null}",
                "ROLLOUT_REQUESTED | {'rollout':'acme','action':'abort','reason':'r'}",
            })
    void theSchemaAndTheCodeTakeTheSame(EventType type, String data) throws InvalidEventException {
        String json = data.replace('\'', '"');
        assertThat(Schemas.errors(type, json)).isEmpty();
        EventData decoded = Received.event(type).value(json).data();
        String encoded = new String(new EventCodec().encodeData(decoded), StandardCharsets.UTF_8);
        assertThat(Schemas.errors(type, encoded)).as("what is written again").isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'tenant':'acme' | 'tenant':'ACME'",
                "'tenant':'acme' | 'tenant':'acme','database':'billing'",
                "'tenant':'acme' | 'other':1",
                "'partition':3 | 'partition':null",
                "'partition':3 | 'partition':'3'",
                "'partition':3, | ",
                "'offset':77 | 'offset':7.5",
                "'id': | 'other':",
                "'request': | 'other':",
                "'outcome':'completed' | 'outcome':0",
                "'outcome':'completed' | 'outcome':'done'",
                "'outcome':'completed' | 'outcome':'not-attempted'",
                "'outcome':'completed', | ",
                "'durationMs':31 | 'other':31",
                "'applied':['11'] | 'applied':[11]",
                "'applied':['11'] | 'applied':'11'",
                "'server': | 'other':",
                "'attempts':1 | 'attempts':null",
                "'worker': | 'other':",
                "'startedAt':'2026-11-22T09:00:00.125Z' | 'startedAt':1763802000",
                "'startedAt':'2026-11-22T09:00:00.125Z' | 'startedAt':'yesterday'",
                "'startedAt':'2026-11-22T09:00:00.125Z', | ",
            })
    void theSchemaAndTheCodeRefuseTheSameResults(String part, @Nullable String change) {
        String good = Sample.named("migration-completed.binary.json").value().toString();
        String bad = good.replaceFirst(
                Pattern.quote(part.replace('\'', '"')), change == null ? "" : change.replace('\'', '"'));
        assertThat(bad).isNotEqualTo(good);
        assertThat(Schemas.errors(EventType.MIGRATION_COMPLETED, bad)).isNotEmpty();
        assertThat(Received.event(EventType.MIGRATION_COMPLETED).value(bad).refusal())
                .doesNotContain("the key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'rollout':'2026-11-26.1' | 'rollout':'-'",
                "'target':'latest' | 'other':1",
                "'failures':{ | 'failures':{'lock-timeout':'2',",
                "'id': | 'other':",
                "'source': | 'other':",
                "'request':{ | 'request':[],'other':{",
                "'targets':{ | 'targets':{'USERS':'1',",
                "'targets':{ | 'targets':{'billing2':1,",
                "'targets':{ | 'targets':{'billing2':null,",
                "'counts':{ | 'other':{",
            })
    void theSchemaAndTheCodeRefuseTheSameResultsOfRollouts(String part, String change) {
        String good = Sample.named("rollout-retrying.binary.json").value().toString();
        String bad = good.replaceFirst(Pattern.quote(part.replace('\'', '"')), change.replace('\'', '"'));
        assertThat(bad).isNotEqualTo(good);
        assertThat(Schemas.errors(EventType.ROLLOUT_RETRYING, bad)).isNotEmpty();
        assertThat(Received.event(EventType.ROLLOUT_RETRYING)
                        .key("2026-11-26.1")
                        .value(bad)
                        .refusal())
                .doesNotContain("the key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'tenant':'acme' | 'tenant':'ACME'",
                "'database':'users' | 'other':1",
                "'database':'users' | 'database':'USERS'",
                "'server': | 'other':",
                "'location': | 'other':",
                "'change':'missing' | 'change':'gone'",
                "'kind':'index' | 'other':1",
                "'object':'notes' | 'other':1",
                "'more':0 | 'more':-1",
                "'more':0 | 'other':0",
                "'since': | 'other':",
                "'checkedAt':'2026-11-27T09:00:05Z' | 'checkedAt':'yesterday'",
                "'worker': | 'other':",
                "[{ | [null,{",
            })
    void theSchemaAndTheCodeRefuseTheSameDrift(String part, String change) {
        String good = Sample.named("tenant-drifted.binary.json").value().toString();
        String bad = good.replaceFirst(Pattern.quote(part.replace('\'', '"')), change.replace('\'', '"'));
        assertThat(bad).isNotEqualTo(good);
        assertThat(Schemas.errors(EventType.TENANT_DRIFTED, bad)).isNotEmpty();
        assertThat(Received.event(EventType.TENANT_DRIFTED).value(bad).refusal())
                .doesNotContain("the key");
    }

    @Test
    void aResultMustHaveTheOutcomeOfItsType() {
        String completed =
                Sample.named("migration-completed.binary.json").value().toString();
        assertThat(Schemas.errors(EventType.MIGRATION_COMPLETED, completed)).isEmpty();
        assertThat(Schemas.errors(EventType.MIGRATION_FAILED, completed)).isNotEmpty();
        assertThat(Schemas.errors(EventType.MIGRATION_COMPLETED, completed.replace("\"acme\"", "\"ACME\"")))
                .as("what the shared schema says holds as well")
                .isNotEmpty();
    }

    private static JsonNode schema(String file) {
        return Sample.JSON.readTree(EventCodec.class.getResourceAsStream("schemas/" + file));
    }
}

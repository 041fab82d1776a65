package io.tenantry.worker.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.Secret;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OverridesTest {
    @TempDir
    private Path folder;

    @Test
    void aSystemPropertyWinsOverTheEnvironmentOverTheFile() throws Exception {
        Reading reading = Reading.with(folder, "worker: {concurrency: 1}\nhttp: {port: 1}\nretry: {max-attempts: 1}\n")
                .environment("TENANTRY_WORKER_CONCURRENCY", "2")
                .environment("TENANTRY_HTTP_PORT", "2")
                .property("tenantry.worker.concurrency", "3");

        assertThat(reading.settings().worker().concurrency()).isEqualTo(3);
        assertThat(reading.settings().http().port()).isEqualTo(2);
        assertThat(reading.settings().retry().maxAttempts()).isEqualTo(1);
    }

    @Test
    void theEnvironmentReachesKeysThatTheFileDoesNotHave() throws Exception {
        Settings settings = Reading.of(folder, "    user: app\n", "")
                .environment("TENANTRY_SERVERS_MAIN_USER", "other")
                .environment("TENANTRY_SERVERS_MAIN_PASSWORD", "one")
                .environment("TENANTRY_REGISTRY_PASSWORD", "two")
                .environment("TENANTRY_KAFKA_BOOTSTRAP_SERVERS", "elsewhere:9093")
                .environment("TENANTRY_DATABASES_USERS_ISOLATION", "database")
                .settings();

        assertThat(settings.servers())
                .containsEntry(
                        "main", new ServerSettings("main", "jdbc:postgresql://db/app", "other", new Secret("one"), 16));
        assertThat(settings.registry().password().reveal()).isEqualTo("two");
        assertThat(settings.kafka().bootstrapServers()).isEqualTo("elsewhere:9093");
        assertThat(settings.databases().get(0).isolation()).isEqualTo(Isolation.DATABASE);
    }

    @Test
    void theEnvironmentReachesNamesWithDashesAndUnderscores() throws Exception {
        Settings settings = new Reading(
                        folder,
                        Reading.MINIMAL
                                .replace("  main:\n", "  eu-west_1:\n")
                                .replace("server: main", "server: eu-west_1"))
                .environment("TENANTRY_SERVERS_EU_WEST_1_PASSWORD", "one")
                .environment("TENANTRY_SERVERS_EU_WEST_1_MAX_CONNECTIONS", "5")
                .settings();

        assertThat(settings.servers()).containsOnlyKeys("eu-west_1").hasEntrySatisfying("eu-west_1", server -> {
            assertThat(server.password().reveal()).isEqualTo("one");
            assertThat(server.maxConnections()).isEqualTo(5);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"security.protocol: PLAINTEXT", "security: {protocol: PLAINTEXT}", "fetch.min.bytes: 1"})
    void everyLayerSetsKafkaProperties(String line) throws Exception {
        String kafka = "  bootstrap-servers: kafka:9092\n";
        String file = kafka + "  properties:\n    " + line + "\n";

        assertThat(Reading.of(folder, kafka, file)
                        .environment("TENANTRY_KAFKA_PROPERTIES_SECURITY_PROTOCOL", "SSL")
                        .settings()
                        .kafka()
                        .properties())
                .containsEntry("security.protocol", "SSL");
        assertThat(Reading.of(folder, kafka, file)
                        .environment("TENANTRY_KAFKA_PROPERTIES_SECURITY_PROTOCOL", "SSL")
                        .property("tenantry.kafka.properties.security.protocol", "SASL_SSL")
                        .settings()
                        .kafka()
                        .properties())
                .containsEntry("security.protocol", "SASL_SSL");
    }

    @Test
    void theEnvironmentDoesNotAddASecondSpellingOfAKafkaProperty() throws Exception {
        assertThat(Reading.of(
                                folder,
                                "  bootstrap-servers: kafka:9092\n",
                                "  bootstrap-servers: kafka:9092\n  properties: {x-custom_name: a}\n")
                        .environment("TENANTRY_KAFKA_PROPERTIES_X_CUSTOM_NAME", "b")
                        .settings()
                        .kafka()
                        .properties())
                .containsOnlyKeys("x-custom_name")
                .containsEntry("x-custom_name", "b");
    }

    @Test
    void systemPropertiesAddAServerAndADatabaseBehindThoseOfTheFile() throws Exception {
        Settings settings = new Reading(folder, Reading.MINIMAL)
                .property("tenantry.servers.extra.url", "jdbc:postgresql://extra/app")
                .property("tenantry.servers.extra.user", "app")
                .property("tenantry.databases.audit.server", "extra")
                .property("tenantry.databases.audit.location", "audit_{tenant}")
                .property("tenantry.databases.audit.migrations", "filesystem:audit")
                .settings();

        assertThat(settings.servers()).containsOnlyKeys("main", "extra");
        assertThat(settings.databases()).extracting(DatabaseSettings::name).containsExactly("users", "audit");
    }

    @Test
    void expandsVariablesFromTheEnvironmentAndSystemProperties() throws Exception {
        ServerSettings server = Reading.of(
                        folder,
                        "jdbc:postgresql://db/app",
                        "jdbc:postgresql://${DB_HOST}:${db.port}/${DB_NAME:app}\n    password: ${APP_PASSWORD}")
                .environment("DB_HOST", "db1")
                .property("db.port", "5433")
                .environment("APP_PASSWORD", "hunter2")
                .mainServer();

        assertThat(server.url()).isEqualTo("jdbc:postgresql://db1:5433/app");
        assertThat(server.password().reveal()).isEqualTo("hunter2");
    }

    @ParameterizedTest
    @CsvSource({
        "pa$$word, pa$$word",
        "$, $",
        "a$b$$$c, a$b$$$c",
        "a\\$b, a\\$b",
        "a\\\\b, a\\\\b",
        "'a,b', 'a,b'",
        "'\\${X}', '${X}'",
        "'$$${X}', '$$y'",
        "' spaces ', ' spaces '",
    })
    void leavesTheCharactersOfAPasswordAlone(String written, String meant) throws Exception {
        assertThat(Reading.of(folder, "    user: app", "    user: app\n    password: '" + written + "'")
                        .environment("X", "y")
                        .mainPassword())
                .isEqualTo(meant);
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .environment("X", "y")
                        .environment("TENANTRY_SERVERS_MAIN_PASSWORD", written)
                        .mainPassword())
                .isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pa$$word", "${NOT_A_VARIABLE}", "\\$", "$"})
    void takesTheValueOfAVariableAsItIs(String value) throws Exception {
        assertThat(Reading.of(folder, "    user: app", "    user: app\n    password: ${APP_PASSWORD}")
                        .environment("APP_PASSWORD", value)
                        .mainPassword())
                .isEqualTo(value);
    }

    @Test
    void otherVariablesOfTheEnvironmentAreNoKeys() throws Exception {
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .environment("TENANTRY_LOG_FORMAT", "json")
                        .environment("TENANTRY_SERVICE_HOST", "10.0.0.1")
                        .environment("TENANTRY_PORT", "tcp://10.0.0.1:8080")
                        .settings()
                        .http()
                        .port())
                .isEqualTo(8080);
    }
}

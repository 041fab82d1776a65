package io.tenantry.worker.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.Secret;
import io.tenantry.worker.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No secret in any message, whatever is wrong with it. */
class SecretsTest {
    private static final String USER = "    user: app\n";

    @TempDir
    private Path folder;

    @Test
    void aSecretPrintsAsStarsAndComparesByValue() {
        Secret secret = new Secret("hunter2");

        assertThat(secret).hasToString("***").isEqualTo(new Secret("hunter2")).hasSameHashCodeAs(new Secret("hunter2"));
        assertThat(secret)
                .isNotEqualTo(new Secret("hunter3"))
                .isNotEqualTo(null)
                .isNotEqualTo("hunter2");
        assertThat(secret.reveal()).isEqualTo("hunter2");
        assertThat(Secret.EMPTY.reveal()).isEmpty();
    }

    @Test
    void settingsPrintWithoutSecrets() throws Exception {
        Settings settings = Reading.of(folder, USER, USER + "    password: hunter2\n")
                .property("tenantry.registry.password", "hunter2")
                .property("tenantry.kafka.properties.sasl.jaas.config", "password='hunter2';")
                .settings();

        assertThat(settings.toString())
                .doesNotContain("hunter2")
                .contains("***", "sasl.jaas.config", "jdbc:postgresql://db/app");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password: {hunter2: x}",
                "password: [hunter2]",
                "password: {hunter2}",
                "password: 'a'\n    password: hunter2",
                "password: x${hunter2}",
                "password: ${hunter2",
                "password: ${hunter2}",
                "password: ${hunter2::x}",
                "password: ${A:${hunter2}}",
                "pasword: hunter2",
                "password.: hunter2",
                "password: hunter2\n    password-file: /tmp",
                "password-file: hunter2",
                "password: *hunter2",
                "password: @hunter2",
                "password: %hunter2",
                "password: \"\\hunter2\"",
                "password: 'hunter2",
                "password: !hunter2 {",
                "password: a: hunter2",
                "password: &hunter2 *x",
                "password: hunter2\u0007",
                "password: |hunter2",
                "password: !<hunter2",
                "password: hunter2: hunter2",
            })
    void noFaultOfAPasswordShowsIt(String lines) {
        assertThat(tryAll(Reading.of(folder, USER, USER + "    " + lines + "\n")))
                .isNotEmpty()
                .doesNotContain("hunter2", "unter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"password:hunter2", "password=hunter2", "'password: hunter2'"})
    void noPasswordIsShownForAForgottenSpace(String entry) {
        assertThat(Reading.of(
                                folder,
                                "servers:\n",
                                "servers:\n  other: {url: 'jdbc:postgresql:x', user: x, " + entry + "}\n")
                        .onlyFault())
                .isEqualTo("servers.other.password... (line 7): unknown key; did you mean servers.other.password?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sasl.jaas.config: [hunter2]",
                "sasl.jaas.config: x${hunter2}",
                "ssl.key.password: {a: [hunter2]}",
                "ssl.keystore.password: a\n    ssl.keystore.password: hunter2",
                "ssl.keystore.key: '${hunter2::b}'",
            })
    void noFaultOfAKafkaPropertyShowsItsValue(String lines) {
        String kafka = "  bootstrap-servers: kafka:9092\n";

        assertThat(tryAll(Reading.of(folder, kafka, kafka + "  properties:\n    " + lines + "\n")))
                .isNotEmpty()
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://app:hunter2@db/app",
                "jdbc:postgresql://app%3Ahunter2%40db/app",
                "jdbc:postgresql://db/app?password=hunter2",
                "jdbc:postgresql://db/app?ssl=true&PASSWORD=hunter2",
                "jdbc:postgresql://db/app?%70assword=hunter2",
                "jdbc:postgresql://db/app?sslpassword=hunter2",
                "jdbc:postgresql:app?user=x&password=hunter2",
                "jdbc:postgresql://db/app?user=hunter2",
                "postgresql://app:hunter2@db/app",
                "jdbc:mysql://db/app?password=hunter2",
                "hunter2",
            })
    void aUrlWithAPasswordIsRefusedUnseen(String url) {
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .property("tenantry.registry.url", url)
                        .onlyFault())
                .startsWith("registry.url (system property): ")
                .endsWith("; allowed: jdbc:postgresql://host:port/database, without user and password in it")
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql:app",
                "jdbc:postgresql://a:1,b:2/app?targetServerType=primary",
                "jdbc:postgresql://db/app?sslmode=verify-full&sslrootcert=/etc/100%.pem",
                "jdbc:postgresql://[::1]:5432/app?currentSchema=x@y",
            })
    void aUrlWithoutAPasswordIsTaken(String url) throws Exception {
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .property("tenantry.registry.url", url)
                        .settings()
                        .registry()
                        .url())
                .isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ApplicationName",
                "options",
                "socketFactory",
                "socketFactoryArg",
                "preferQueryMode",
                "assumeMinServerVersion"
            })
    void aUrlDoesNotUndoWhatTheWorkerSets(String parameter) {
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .property(
                                "tenantry.registry.url", "jdbc:postgresql://db/app?ssl=true&" + parameter + "=hunter2")
                        .onlyFault())
                .contains("has the parameter " + parameter + ", which the worker sets itself; remove it")
                .doesNotContain("hunter2");
    }

    @Test
    void thePasswordOfAFileIsNotShown() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "hunter2");

        assertThat(tryAll(Reading.of(folder, USER, USER + "    password: x\n    password-file: " + secret + "\n")))
                .isNotEmpty()
                .doesNotContain("hunter2");
    }

    /** What shows that the tests above look at the right place. */
    @Test
    void aValueThatIsNoSecretIsShown() {
        assertThat(tryAll(Reading.of(folder, USER, USER + "    max-connections: hunter2\n")))
                .contains("hunter2");
    }

    private static String tryAll(Reading reading) {
        return String.join("\n", reading.faults());
    }
}

package io.tenantry.worker.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsFaultsTest {
    @TempDir
    private Path folder;

    @Test
    void tellsEverythingThatIsMissingAtOnce() {
        assertThat(new Reading(folder, "servers: {main: }\ndatabases: {users: {isolation: shared}}\n").faults())
                .containsExactly(
                        "kafka.bootstrap-servers: missing; allowed: host:port, more than one separated by commas",
                        "registry.url: missing; allowed: jdbc:postgresql://host:port/database, without user and"
                                + " password in it",
                        "registry.user: missing; allowed: a PostgreSQL role",
                        "servers.main.url: missing; allowed: jdbc:postgresql://host:port/database, without user and"
                                + " password in it",
                        "servers.main.user: missing; allowed: a PostgreSQL role",
                        "databases.users.server: missing; allowed: main",
                        "databases.users.location: missing; allowed: a-z, 0-9, _ and -, a letter first, not pg_ first,"
                                + " at most 63 characters, without {tenant}",
                        "databases.users.migrations: missing; allowed: filesystem:<folder>");
    }

    @Test
    void needsAServerAndADatabase() {
        assertThat(new Reading(
                                folder,
                                "kafka: {bootstrap-servers: 'a:1'}\nregistry: {url: 'jdbc:postgresql:x', user: x}"
                                        + "\nservers:\ndatabases: {}\n")
                        .faults())
                .containsExactly(
                        "servers: missing; allowed: at least one, each with url and user",
                        "databases: missing; allowed: at least one, each with server (or servers), location and migrations");
    }

    @Test
    void tellsFaultsOfEveryKindAndLayerAtOnce() {
        assertThat(Reading.with(folder, "worker:\n  concurrency: many\n  drain_timeout: 1s\nhttp: [8080]\n")
                        .environment("TENANTRY_KAFKA_PARTITIONS", "0")
                        .property("tenantry.retry.max-delay", "1 minute")
                        .property("tenantry.retry.maximum", "1")
                        .faults())
                .containsExactly(
                        "worker.drain_timeout (line 17): unknown key; did you mean worker.drain-timeout?",
                        "http (line 18): a list; allowed: keys with values below it",
                        "retry.maximum (system property): unknown key; allowed: the keys of the documentation",
                        "kafka.partitions = \"0\" (environment variable TENANTRY_KAFKA_PARTITIONS): out of range;"
                                + " allowed: 1 to 10000",
                        "worker.concurrency = \"many\" (line 16): not a whole number; allowed: 1 to 10000",
                        "retry.max-delay = \"1 minute\" (system property): not a duration; allowed: 1ms to 1d, in ms,"
                                + " s, m, h or d");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kafka.bootstrap-servers | kafka | host:port, more than one separated by commas",
                "kafka.bootstrap-servers | kafka:0 | host:port, more than one separated by commas",
                "kafka.bootstrap-servers | kafka:65536 | host:port, more than one separated by commas",
                "kafka.bootstrap-servers | a:1, | host:port, more than one separated by commas",
                "kafka.group-id | 'two words' | 1 to 200 characters without spaces",
                "kafka.group-protocol | streams | classic, consumer",
                "kafka.group-protocol | CLASSIC | classic, consumer",
                "kafka.partitions | 0 | 1 to 10000",
                "kafka.partitions | 10001 | 1 to 10000",
                "kafka.partitions | 1.5 | 1 to 10000",
                "kafka.partitions | 99999999999 | 1 to 10000",
                "kafka.replication-factor | 0 | 1 to 32767, or -1 for the broker's default",
                "kafka.replication-factor | -2 | 1 to 32767, or -1 for the broker's default",
                "kafka.replication-factor | 32768 | 1 to 32767, or -1 for the broker's default",
                "kafka.topic-prefix | a/b | up to 200 of a-z, A-Z, 0-9, ., _ and -",
                "registry.max-connections | 0 | 1 to 1000",
                "registry.ledger-retention | 59m | 1h to 3650d, in ms, s, m, h or d",
                "registry.ledger-retention | never | 1h to 3650d, in ms, s, m, h or d",
                "servers.main.max-connections | 0 | 1 to 10000",
                "databases.users.server | mian | main",
                "databases.users.max-tenants | 0 | 1 to 1000000",
                "databases.users.verify-after | often | always, sample, never",
                "databases.users.drift-exclude | table a,,table b | globs that begin with a kind of object (table, index, privileges on), with commas between",
                "databases.users.drift-exclude | tabel a | globs that begin with a kind of object (table, index, privileges on), with commas between",
                "databases.users.isolation | table | schema, database, shared",
                "databases.users.migrations | migrations/users | filesystem:<folder>",
                "databases.users.migrations | filesystem: | filesystem:<folder>",
                "databases.users.migrations | classpath:db | filesystem:<folder>",
                "databases.users.migrations | filesystem:a,filesystem:b | filesystem:<folder>",
                "databases.users.java-migrations | com.acme.V1__a;rm | names of classes, with commas between",
                "databases.users.out-of-order | yes | true, false",
                "databases.users.out-of-order | TRUE | true, false",
                "databases.users.allow | V1__a.sql,,V2__b.sql | names of scripts, with commas between",
                "worker.concurrency | -1 | 1 to 10000",
                "worker.drain-timeout | 30 | 0s to 1h, in ms, s, m, h or d",
                "worker.drain-timeout | -1s | 0s to 1h, in ms, s, m, h or d",
                "worker.lock-timeout | 0s | 1ms to 1h, in ms, s, m, h or d",
                "worker.statement-timeout | 25h | 0s to 1d, in ms, s, m, h or d",
                "worker.unknown-tenant-grace | soon | 0s to 1d, in ms, s, m, h or d",
                "retry.max-attempts | 0 | 1 to 1000",
                "retry.give-up-after | 0s | 1s to 365d, in ms, s, m, h or d; or never",
                "retry.give-up-after | Never | 1s to 365d, in ms, s, m, h or d; or never",
                "drift.sweep | 59s | 1m to 365d, in ms, s, m, h or d; or never",
                "drift.homes-per-second | 0 | 1 to 1000",
                "http.host | 'a b' | a host name or address",
                "http.port | 65536 | 0 to 65535",
            })
    void namesTheKeyTheValueAndWhatIsAllowed(String key, String value, String allowed) {
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .property("tenantry." + key, value)
                        .onlyFault())
                .startsWith(key + " = \"" + value + "\" (system property): ")
                .endsWith("; allowed: " + allowed);
    }

    @ParameterizedTest
    @CsvSource({"database, users_{tenant}", "shared, users"})
    void namesOfScriptsAreAllowedOnlyWhereScriptsAreJudged(String isolation, String location) {
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .property("tenantry.databases.users.isolation", isolation)
                        .property("tenantry.databases.users.location", location)
                        .property("tenantry.databases.users.allow", "V1__a.sql")
                        .onlyFault())
                .isEqualTo("databases.users.allow = \"V1__a.sql\" (system property): has no effect with isolation "
                        + isolation + ", where every script may reach outside its schema; allowed: only with isolation"
                        + " schema");
    }

    @Test
    void aDatabaseHasAServerOrServers() {
        String both = "    server: main\n    servers: {main: {}, mian: {max-tenants: 0}}";

        assertThat(Reading.of(folder, "    server: main", both).faults())
                .containsExactly(
                        "databases.users.server = \"main\" (line 12): given together with servers; allowed: server or"
                                + " servers, not both",
                        "databases.users.servers.mian (line 13): not the name of a server; allowed: main",
                        "databases.users.servers.mian.max-tenants = \"0\" (line 13): out of range; allowed: 1 to"
                                + " 1000000");
    }

    @Test
    void aSharedDatabaseHasOneServerAndNoLimit() {
        assertThat(Reading.of(folder, "    server: main", "    servers: {main: {}}\n    max-tenants: 7")
                        .property("tenantry.databases.users.isolation", "shared")
                        .property("tenantry.databases.users.location", "users")
                        .faults())
                .containsExactly(
                        "databases.users.max-tenants = \"7\" (line 13): has no effect with isolation shared, where no"
                                + " tenant has a home of its own; allowed: only with isolation schema or database",
                        "databases.users.servers (line 12): isolation shared has one home, on one server; allowed:"
                                + " server in place of servers");
    }

    @Test
    void onlyAKeyOfNamesTakesAList() {
        assertThat(Reading.of(folder, "    server: main", "    server: main\n    allow: {V1__a.sql: true}")
                        .onlyFault())
                .isEqualTo("databases.users.allow (line 13): a map; allowed: one value, or a list of values");
        assertThat(Reading.of(folder, "    server: main", "    server: main\n    out-of-order: [true]")
                        .onlyFault())
                .isEqualTo("databases.users.out-of-order (line 13): a list; allowed: one value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"kafka.group-id", "kafka.partitions", "kafka.group-protocol", "worker.lock-timeout", "http.host"
            })
    void aValueThatIsEmptyIsNotTheDefault(String key) {
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .property("tenantry." + key, "")
                        .onlyFault())
                .startsWith(key + " = \"\" (system property): empty; allowed: ");
    }

    @Test
    void aKeyThatIsRequiredAndEmptyIsMissing() {
        assertThat(Reading.of(folder, "    user: app", "    user:").onlyFault())
                .isEqualTo("servers.main.user: missing; allowed: a PostgreSQL role");
    }

    @Test
    void theLongestDelayIsNotShorterThanTheFirst() {
        assertThat(Reading.with(folder, "retry: {initial-delay: 10s, max-delay: 9s}\n")
                        .onlyFault())
                .isEqualTo("retry.max-delay (line 15): 9s is shorter than retry.initial-delay; allowed: 10s to 1d");
        assertThat(Reading.with(folder, "retry: {initial-delay: 2m}\n").onlyFault())
                .isEqualTo("retry.max-delay (default): 1m is shorter than retry.initial-delay; allowed: 2m to 1d");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Main", "ma in", "-main", "_main", "mäin", "a123456789012345678901234567890123456789012345678"})
    void serversAndDatabasesHavePlainNames(String name) {
        assertThat(Reading.of(folder, "  main:\n", "  '" + name + "': {url: x}\n  main:\n")
                        .faults())
                .containsExactly("servers." + name + " (line 7): not a name; allowed: 1 to 48 of a-z, 0-9, _ and -, the"
                        + " first a letter or digit");
        assertThat(Reading.of(folder, "  users:\n", "  '" + name + "': {server: x}\n  users:\n")
                        .faults())
                .containsExactly("databases." + name + " (line 11): not a name; allowed: 1 to 48 of a-z, 0-9, _ and -,"
                        + " the first a letter or digit");
    }

    @Test
    void twoDatabasesDoNotShareALocation() {
        String second = "  more: {server: %s, location: 'tenant_{tenant}', migrations: 'filesystem:m'}\n";

        assertThat(Reading.with(folder, second.formatted("main")).onlyFault())
                .isEqualTo("databases.more.location = \"tenant_{tenant}\" (line 15): on the same server databases.users"
                        + " has it already; allowed: a location of its own");
    }

    @Test
    void theSameLocationOnAnotherServerIsAllowed() throws Exception {
        Settings settings = Reading.with(
                        folder, "  more: {server: other, location: 'tenant_{tenant}', migrations: 'filesystem:m'}\n")
                .property("tenantry.servers.other.url", "jdbc:postgresql://other/app")
                .property("tenantry.servers.other.user", "app")
                .settings();

        assertThat(settings.databases()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kafka.bootstrap-server | kafka.bootstrap-servers",
                "kafka.bootstrapServers | kafka.bootstrap-servers",
                "kafka.group_id | kafka.group-id",
                "kafka.propertes | kafka.properties",
                "servers.main.pasword | servers.main.password",
                "servers.main.password_file | servers.main.password-file",
                "databases.users.locations | databases.users.location",
                "http.prot | http.port",
                "databases.users.server.main.max-tenants | databases.users.servers.main.max-tenants",
                "databases.users.servers.main.max_tenant | databases.users.servers.main.max-tenants",
                "bootstrap-servers | kafka.bootstrap-servers",
                "worker.max-attempts | retry.max-attempts",
                "database | databases",
                "wroker | worker",
            })
    void suggestsTheKnownKeyThatIsClose(String unknown, String known) {
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .property("tenantry." + unknown, "hunter2")
                        .onlyFault())
                .isEqualTo(unknown + " (system property): unknown key; did you mean " + known + "?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"logging", "servers.main.pool.size", "x", "kafka.zookeeper", "kafka.properties."})
    void suggestsNothingWhenNothingIsClose(String unknown) {
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .property("tenantry." + unknown, "hunter2")
                        .onlyFault())
                .isEqualTo(unknown + " (system property): unknown key; allowed: the keys of the documentation");
    }

    @Test
    void aVariableThatIsSetNowhereIsAFault() {
        assertThat(Reading.of(folder, "kafka:9092", "${KAFKA_HOST}").onlyFault())
                .isEqualTo("kafka.bootstrap-servers (line 2): ${KAFKA_HOST} is set nowhere; set it as an environment"
                        + " variable or system property, write ${NAME:default}, or \\${ for the characters themselves");
    }

    @ParameterizedTest
    @ValueSource(strings = {"${tenantry.kafka.group-id}", "${vault::key}", "a${B}c", "${A:${B}}"})
    void anExpressionThatCannotBeExpandedIsAFault(String expression) {
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .property("tenantry.kafka.group-id", expression)
                        .onlyFault())
                .startsWith("kafka.group-id (system property): ${...} cannot be expanded; ");
    }

    @Test
    void aPasswordAndAPasswordFileAreOneTooMany() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "hunter2");

        assertThat(Reading.of(folder, "    user: app", "    user: app\n    password: a\n    password-file: " + secret)
                        .onlyFault())
                .isEqualTo(
                        "servers.main.password-file (line 11): given beside servers.main.password; keep one of them");
    }

    @Test
    void aPasswordFileMustBeReadable() {
        Path missing = folder.resolve("missing");

        assertThat(Reading.of(folder, "  user: tenantry", "  user: tenantry\n  password-file: " + missing)
                        .onlyFault())
                .isEqualTo("registry.password-file (line 6): the file " + Faults.printable(missing.toString())
                        + " cannot be read (NoSuchFileException); allowed: a readable text file that holds the password"
                        + " alone");
    }

    @Test
    void aFaultIsOneLineAndNotAPage() {
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .property("tenantry.http.port", "80\n81\r" + "9".repeat(5000))
                        .onlyFault())
                .startsWith("http.port = \"80?81?999")
                .hasSizeLessThan(250);
    }
}

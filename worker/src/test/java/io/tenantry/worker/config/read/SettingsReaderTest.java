package io.tenantry.worker.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.DriftRules;
import io.tenantry.worker.config.DriftSettings;
import io.tenantry.worker.config.Glob;
import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.HttpSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.config.RetrySettings;
import io.tenantry.worker.config.Secret;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.ServerShare;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.config.VerifyAfter;
import io.tenantry.worker.config.WorkerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
    private static final String DOCUMENTED = """
            kafka:
              bootstrap-servers: localhost:9092
              group-id: tenantry
              group-protocol: classic          # or consumer
              partitions: 12                   # for topics that `topics` creates
              replication-factor: -1           # the broker's default
              topic-prefix: ""
              properties:                      # any Kafka client property, passed on
                security.protocol: PLAINTEXT
            registry:                          # Tenantry's own tables, in schema tenantry
              url: jdbc:postgresql://localhost:5432/tenantry
              user: tenantry
              password: secret
              max-connections: 4               # each worker
              ledger-retention: 30d
            servers:
              main:
                url: jdbc:postgresql://localhost:5432/app
                user: app
                password: secret
                max-connections: 16            # for the whole group, not each worker
            databases:                         # in this order for every tenant
              users:
                server: main
                isolation: schema
                location: "tenant_{tenant}"
                migrations: filesystem:migrations/users
              analytics:
                server: main
                isolation: database
                location: "analytics_{tenant}"
                migrations: filesystem:migrations/analytics
              billing:
                server: main
                isolation: shared
                location: billing
                migrations: filesystem:migrations/billing
            worker:
              concurrency: 16                  # tenants at once in this worker
              drain-timeout: 30s
              unknown-tenant-grace: 30s
              unknown-target-grace: 60s
              lock-timeout: 2s
              statement-timeout: 0s            # 0: none
            retry:
              max-attempts: 10
              initial-delay: 200ms
              max-delay: 60s
              give-up-after: never             # a server that is away
            http:
              host: 127.0.0.1
              port: 8080
            """;

    private static final WorkerSettings DEFAULT_WORKER = new WorkerSettings(
            16,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(2),
            Duration.ZERO);
    private static final RetrySettings DEFAULT_RETRY =
            new RetrySettings(10, Duration.ofMillis(200), Duration.ofSeconds(60), null);
    private static final DriftSettings DEFAULT_DRIFT = new DriftSettings(null, 10);
    private static final DriftRules DEFAULT_RULES = new DriftRules(VerifyAfter.SAMPLE, List.of());
    private static final List<ServerShare> ON_MAIN = List.of(new ServerShare("main", OptionalInt.empty()));
    private static final HttpSettings DEFAULT_HTTP = new HttpSettings("127.0.0.1", 8080);

    @TempDir
    private Path folder;

    @Test
    void readsTheDocumentedFile() throws Exception {
        assertThat(new Reading(folder, DOCUMENTED).settings())
                .isEqualTo(new Settings(
                        new KafkaSettings(
                                "localhost:9092",
                                "tenantry",
                                GroupProtocol.CLASSIC,
                                12,
                                (short) -1,
                                "",
                                Map.of("security.protocol", "PLAINTEXT")),
                        new RegistrySettings(
                                "jdbc:postgresql://localhost:5432/tenantry",
                                "tenantry",
                                new Secret("secret"),
                                4,
                                Duration.ofDays(30)),
                        Map.of(
                                "main",
                                new ServerSettings(
                                        "main",
                                        "jdbc:postgresql://localhost:5432/app",
                                        "app",
                                        new Secret("secret"),
                                        16)),
                        List.of(
                                new DatabaseSettings(
                                        "users",
                                        ON_MAIN,
                                        Isolation.SCHEMA,
                                        "tenant_{tenant}",
                                        Path.of("migrations/users"),
                                        List.of(),
                                        false,
                                        Set.of(),
                                        DEFAULT_RULES),
                                new DatabaseSettings(
                                        "analytics",
                                        ON_MAIN,
                                        Isolation.DATABASE,
                                        "analytics_{tenant}",
                                        Path.of("migrations/analytics"),
                                        List.of(),
                                        false,
                                        Set.of(),
                                        DEFAULT_RULES),
                                new DatabaseSettings(
                                        "billing",
                                        ON_MAIN,
                                        Isolation.SHARED,
                                        "billing",
                                        Path.of("migrations/billing"),
                                        List.of(),
                                        false,
                                        Set.of(),
                                        DEFAULT_RULES)),
                        DEFAULT_WORKER,
                        DEFAULT_RETRY,
                        DEFAULT_DRIFT,
                        DEFAULT_HTTP));
    }

    @Test
    void takesTheDocumentedValuesForWhatIsNotSet() throws Exception {
        assertThat(new Reading(folder, Reading.MINIMAL).settings())
                .isEqualTo(new Settings(
                        new KafkaSettings(
                                "kafka:9092", "tenantry", GroupProtocol.CLASSIC, 12, (short) -1, "", Map.of()),
                        new RegistrySettings(
                                "jdbc:postgresql://db/tenantry", "tenantry", Secret.EMPTY, 4, Duration.ofDays(30)),
                        Map.of("main", new ServerSettings("main", "jdbc:postgresql://db/app", "app", Secret.EMPTY, 16)),
                        List.of(new DatabaseSettings(
                                "users",
                                ON_MAIN,
                                Isolation.SCHEMA,
                                "tenant_{tenant}",
                                Path.of("migrations/users"),
                                List.of(),
                                false,
                                Set.of(),
                                DEFAULT_RULES)),
                        DEFAULT_WORKER,
                        DEFAULT_RETRY,
                        DEFAULT_DRIFT,
                        DEFAULT_HTTP));
    }

    @Test
    void readsTheNamesOfJavaMigrations() throws Exception {
        Reading reading = new Reading(folder, Reading.MINIMAL + """
                          zebra:
                            server: main
                            location: "z_{tenant}"
                            migrations: "filesystem:z"
                            java-migrations: "com.acme.V3__a, com.acme.V4__b$C"
                        """);

        assertThat(reading.settings().databases().get(1).javaMigrations())
                .containsExactly("com.acme.V3__a", "com.acme.V4__b$C");
    }

    @Test
    void readsListsInBothForms() throws Exception {
        String zebra = """
                          zebra:
                            server: main
                            location: "z_{tenant}"
                            migrations: "filesystem:z"
                            out-of-order: true
                            allow: %s
                        """;

        for (String list : List.of("[V1__a.sql, '2026/V2__b,c.sql']", "V1__a.sql, 2026/V2__b\\,c.sql")) {
            DatabaseSettings database = new Reading(folder, Reading.MINIMAL + zebra.formatted(list))
                    .settings()
                    .databases()
                    .get(1);
            assertThat(database.allow()).containsExactlyInAnyOrder("V1__a.sql", "2026/V2__b,c.sql");
            assertThat(database.outOfOrder()).isTrue();
        }
    }

    @Test
    void readsTheServersOfADatabaseInTheirOrder() throws Exception {
        String servers = "    servers: {second: {max-tenants: 7}, main: {}, third:}\n    max-tenants: 9";

        DatabaseSettings users = Reading.of(folder, "    server: main", servers)
                .property("tenantry.servers.second.url", "jdbc:postgresql://second/app")
                .property("tenantry.servers.second.user", "app")
                .property("tenantry.servers.third.url", "jdbc:postgresql://third/app")
                .property("tenantry.servers.third.user", "app")
                .environment("TENANTRY_DATABASES_USERS_SERVERS_THIRD_MAX_TENANTS", "3")
                .settings()
                .databases()
                .get(0);

        assertThat(users.servers())
                .containsExactly(
                        new ServerShare("second", OptionalInt.of(7)),
                        new ServerShare("main", OptionalInt.of(9)),
                        new ServerShare("third", OptionalInt.of(3)));
    }

    @Test
    void readsHowHomesAreCompared() throws Exception {
        Settings settings = Reading.of(
                        folder,
                        "    server: main",
                        "    server: main\n    verify-after: always\n    drift-exclude: ['table audit_*', domain x]")
                .property("tenantry.drift.sweep", "1d")
                .property("tenantry.drift.homes-per-second", "3")
                .settings();

        assertThat(settings.databases().get(0).drift())
                .isEqualTo(
                        new DriftRules(VerifyAfter.ALWAYS, List.of(new Glob("table audit_*"), new Glob("domain x"))));
        assertThat(settings.drift()).isEqualTo(new DriftSettings(Duration.ofDays(1), 3));
    }

    @Test
    void keepsTheOrderOfTheFile() throws Exception {
        Reading reading = new Reading(folder, Reading.MINIMAL + """
                          zebra: {server: main, location: "z_{tenant}", migrations: "filesystem:z"}
                          apple: {server: main, location: "a_{tenant}", migrations: "filesystem:a"}
                          mango: {server: main, location: "m_{tenant}", migrations: "filesystem:m"}
                        """);

        assertThat(reading.settings().databases())
                .extracting(DatabaseSettings::name)
                .containsExactly("users", "zebra", "apple", "mango");
    }

    @Test
    void readsEveryValueThatIsNotTheDefault() throws Exception {
        Settings settings = Reading.of(folder, "bootstrap-servers: kafka:9092", """
                        bootstrap-servers: 'a:1, [::1]:65535,SASL_SSL://c.d-e:9092'
                          group-id: fleet/1
                          group-protocol: consumer
                          partitions: 3
                          replication-factor: 2
                          topic-prefix: eu.
                        """.stripTrailing())
                .property("tenantry.worker.concurrency", "1")
                .property("tenantry.worker.drain-timeout", "5m")
                .property("tenantry.worker.unknown-tenant-grace", "0s")
                .property("tenantry.worker.unknown-target-grace", "1h")
                .property("tenantry.worker.lock-timeout", "50ms")
                .property("tenantry.worker.statement-timeout", "90s")
                .property("tenantry.retry.max-attempts", "3")
                .property("tenantry.retry.initial-delay", "1s")
                .property("tenantry.retry.max-delay", "1s")
                .property("tenantry.retry.give-up-after", "2d")
                .property("tenantry.http.host", "::1")
                .property("tenantry.http.port", "0")
                .settings();

        assertThat(settings.kafka())
                .isEqualTo(new KafkaSettings(
                        "a:1, [::1]:65535,SASL_SSL://c.d-e:9092",
                        "fleet/1",
                        GroupProtocol.CONSUMER,
                        3,
                        (short) 2,
                        "eu.",
                        Map.of()));
        assertThat(settings.worker())
                .isEqualTo(new WorkerSettings(
                        1,
                        Duration.ofMinutes(5),
                        Duration.ZERO,
                        Duration.ofHours(1),
                        Duration.ofMillis(50),
                        Duration.ofSeconds(90)));
        assertThat(settings.retry())
                .isEqualTo(new RetrySettings(3, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofDays(2)));
        assertThat(settings.http()).isEqualTo(new HttpSettings("::1", 0));
    }

    @Test
    void passesKafkaPropertiesOnAsWritten() throws Exception {
        Reading reading = Reading.of(folder, "  bootstrap-servers: kafka:9092\n", """
                          bootstrap-servers: kafka:9092
                          properties:
                            security.protocol: SSL
                            "client.dns.lookup": use_all_dns_ips
                            ssl:
                              truststore:
                                location: /etc/trust
                              truststore.type: PEM
                            ssl.endpoint.identification.algorithm: ""
                            fetch.min.bytes: 1_000
                            enable.metrics.push: off
                            x-custom_Name: "1,2"
                        """);

        assertThat(reading.settings().kafka().properties())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "security.protocol", "SSL",
                        "client.dns.lookup", "use_all_dns_ips",
                        "ssl.truststore.location", "/etc/trust",
                        "ssl.truststore.type", "PEM",
                        "ssl.endpoint.identification.algorithm", "",
                        "fetch.min.bytes", "1_000",
                        "enable.metrics.push", "off",
                        "x-custom_Name", "1,2"));
    }

    @Test
    void readsAPasswordFileWithoutItsLastNewline() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "two\nlines \r\n");

        assertThat(Reading.of(folder, "    user: app", "    user: app\n    password-file: " + secret)
                        .mainPassword())
                .isEqualTo("two\nlines ");
    }

    @Test
    void takesASectionWithoutKeysForTheDefaults() throws Exception {
        assertThat(Reading.with(folder, "worker:\nretry:\n").settings().worker())
                .isEqualTo(DEFAULT_WORKER);
    }

    @Test
    void readsAFileThatBeginsWithAByteOrderMark() throws Exception {
        assertThat(new Reading(folder, "\uFEFF" + Reading.MINIMAL).settings())
                .isEqualTo(new Reading(folder, Reading.MINIMAL).settings());
    }

    @Test
    void understandsAnchorsAndMerges() throws Exception {
        Settings settings = Reading.of(folder, "servers:\n  main:\n", """
                        servers:
                          second: &second
                            url: jdbc:postgresql://second/app
                            user: app
                            max-connections: 7
                          main:
                            <<: *second
                        """).settings();

        assertThat(settings.servers().get("main"))
                .isEqualTo(new ServerSettings("main", "jdbc:postgresql://db/app", "app", Secret.EMPTY, 7));
    }
}

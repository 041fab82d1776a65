package io.tenantry.worker.config.read;

import static io.tenantry.worker.config.read.ValueType.choice;
import static io.tenantry.worker.config.read.ValueType.confidential;
import static io.tenantry.worker.config.read.ValueType.duration;
import static io.tenantry.worker.config.read.ValueType.durationOrNever;
import static io.tenantry.worker.config.read.ValueType.flag;
import static io.tenantry.worker.config.read.ValueType.integer;
import static io.tenantry.worker.config.read.ValueType.names;
import static io.tenantry.worker.config.read.ValueType.optionalInteger;
import static io.tenantry.worker.config.read.ValueType.text;

import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.ObjectKinds;
import io.tenantry.worker.config.VerifyAfter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Every setting, once. A new one is a constant here, a row in the worker's README (a test compares the two), and a
 * component of a settings record, which {@link SettingsReader} or the reader of its section fills.
 */
final class SettingsTable {
    /** Filled while this class is initialized: there is no setting without a row. */
    private static final List<Setting<?>> ROWS = new ArrayList<>();

    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    static final Duration LONGEST_DELAY = DAY;

    private static final int MOST_TENANTS = 1_000_000;

    private static final Pattern WORD = Pattern.compile("[^\\s\\p{Cntrl}]{1,200}");
    /** Kafka's topics have at most 249 of these; the longest name after the prefix takes 23. */
    private static final Pattern TOPIC_PREFIX_FORM = Pattern.compile("[A-Za-z0-9._-]{0,200}");

    private static final Pattern CLASS = Pattern.compile("[\\p{Alpha}_$][\\w$]*(\\.[\\p{Alpha}_$][\\w$]*)*");

    private static final ValueType<String> ROLE = text("a PostgreSQL role");
    private static final ValueType<String> PASSWORD = confidential("text", "any", ValueType.Shown.STARS);
    private static final ValueType<String> PASSWORD_FILE = text("a readable text file that holds the password alone");

    static final Setting<String> BOOTSTRAP_SERVERS =
            row("kafka.bootstrap-servers", BootstrapServers.TYPE, null, "The first brokers to connect to.");
    static final Setting<String> GROUP_ID = row(
            "kafka.group-id",
            text(WORD, "1 to 200 characters without spaces"),
            "tenantry",
            "The consumer group of all workers of a fleet; also part of transactional ids, and of `ce_source` of"
                    + " results.");
    static final Setting<GroupProtocol> GROUP_PROTOCOL = row(
            "kafka.group-protocol",
            choice(GroupProtocol.class),
            "classic",
            "Who assigns partitions: a client, or the broker (`consumer`, KIP-848).");
    static final Setting<Integer> PARTITIONS =
            row("kafka.partitions", integer(1, 10_000), "12", "Partitions of the topics that `topics` creates.");
    static final Setting<Integer> REPLICATION_FACTOR = row(
            "kafka.replication-factor",
            integer(
                    number -> number == -1 || (number >= 1 && number <= Short.MAX_VALUE),
                    "1 to " + Short.MAX_VALUE + ", or -1 for the broker's default"),
            "-1",
            "Replicas of the topics that `topics` creates.");
    static final Setting<String> TOPIC_PREFIX = row(
            "kafka.topic-prefix",
            text(TOPIC_PREFIX_FORM, "up to 200 of a-z, A-Z, 0-9, ., _ and -"),
            "",
            "Goes before the name of every topic.");
    static final Setting<String> KAFKA_PROPERTY = row(
            "kafka.properties.*",
            confidential("text", "any", ValueType.Shown.STARS),
            "",
            "Any property of Kafka's clients; the worker itself sets those that a guarantee depends on.");

    static final Setting<String> REGISTRY_URL =
            row("registry.url", PostgresUrl.TYPE, null, "The database of the registry.");
    static final Setting<String> REGISTRY_USER = row(
            "registry.user", ROLE, null, "The worker's role there; it owns the schema `tenantry`, or may create it.");
    static final Setting<String> REGISTRY_PASSWORD =
            row("registry.password", PASSWORD, "", "The password of that role, if it has one.");
    static final Setting<String> REGISTRY_PASSWORD_FILE =
            row("registry.password-file", PASSWORD_FILE, "", "A file with the password, in place of `password`.");
    static final Setting<Integer> REGISTRY_CONNECTIONS = row(
            "registry.max-connections",
            integer(1, 1000),
            "4",
            "Connections of each worker to the registry; one more renews its lease.");
    static final Setting<Duration> LEDGER_RETENTION = row(
            "registry.ledger-retention",
            duration(HOUR, Duration.ofDays(3650)),
            "30d",
            "How long a request is known, to answer a repeat; twice as long if its result is not marked as"
                    + " published.");

    static final Setting<String> SERVER_URL = row(
            "servers.*.url", PostgresUrl.TYPE, null, "A PostgreSQL server, version 14 or newer, and a database on it.");
    static final Setting<String> SERVER_USER = row(
            "servers.*.user",
            ROLE,
            null,
            "The worker's role there; it may create schemas, and databases (`CREATEDB`) for isolation `database`.");
    static final Setting<String> SERVER_PASSWORD =
            row("servers.*.password", PASSWORD, "", "The password of that role, if it has one.");
    static final Setting<String> SERVER_PASSWORD_FILE =
            row("servers.*.password-file", PASSWORD_FILE, "", "A file with the password, in place of `password`.");
    static final Setting<Integer> SERVER_CONNECTIONS = row(
            "servers.*.max-connections",
            integer(1, 10_000),
            "16",
            "Connections of the whole group of workers to this server: [the cap](#the-cap).");

    static final Setting<String> DATABASE_SERVER = row(
            "databases.*.server",
            text("the name of a server"),
            "",
            "The server of the homes; required without `servers`.");
    static final Setting<OptionalInt> SERVER_MAX_TENANTS = row(
            "databases.*.servers.*.max-tenants",
            optionalInteger(1, MOST_TENANTS),
            "",
            "Servers for new tenants, in place of `server`, and how many tenants each may have:"
                    + " [several servers](#several-servers).");
    static final Setting<OptionalInt> MAX_TENANTS = row(
            "databases.*.max-tenants",
            optionalInteger(1, MOST_TENANTS),
            "",
            "How many tenants of this database a server may have; unset: a warning from 1,000 on.");
    static final Setting<Isolation> ISOLATION = row(
            "databases.*.isolation",
            choice(Isolation.class),
            "schema",
            "Whether a tenant's home is a schema or a database of its own, or one schema for all:"
                    + " [isolation](#isolation).");
    static final Setting<String> LOCATION = row(
            "databases.*.location",
            text("a-z, 0-9, _ and -, with {tenant} exactly once; without it if shared"),
            null,
            "The name of the schema or database of a tenant.");
    static final Setting<Path> MIGRATIONS = row(
            "databases.*.migrations",
            MigrationsFolder.TYPE,
            null,
            "The folder of the scripts, read once at the start: [what it may hold](#migrations).");
    static final Setting<List<String>> JAVA_MIGRATIONS = row(
            "databases.*.java-migrations",
            names(name -> CLASS.matcher(name).matches(), "names of classes, with commas between"),
            "",
            "Classes on the class path that are Flyway's `JavaMigration`s.");
    static final Setting<Boolean> OUT_OF_ORDER = row(
            "databases.*.out-of-order",
            flag(),
            "false",
            "Whether a version below the highest one of a home is [applied](#migrations).");
    static final Setting<List<String>> ALLOW = row(
            "databases.*.allow",
            names(name -> true, "names of scripts, with commas between"),
            "",
            "Scripts, by their names in the history, that may reach outside a tenant's schema ([plans](#plans)); only"
                    + " with isolation `schema`.");
    static final Setting<VerifyAfter> VERIFY_AFTER = row(
            "databases.*.verify-after",
            choice(VerifyAfter.class),
            "sample",
            "Whether a home is compared with its reference after it was onboarded or upgraded: each, 1 % of them after"
                    + " their results, or none.");
    static final Setting<List<String>> DRIFT_EXCLUDE = row(
            "databases.*.drift-exclude",
            names(ObjectKinds::mayMatch, ObjectKinds.EXPECTED + ", with commas between"),
            "",
            "What drift leaves out, as `table audit_*`.");

    static final Setting<Integer> CONCURRENCY =
            row("worker.concurrency", integer(1, 10_000), "16", "Tenants that this worker works on at once.");
    static final Setting<Duration> DRAIN_TIMEOUT = row(
            "worker.drain-timeout",
            duration(Duration.ZERO, HOUR),
            "30s",
            "How long running work may take from SIGTERM on; the process ends up to 15 s later.");
    static final Setting<Duration> UNKNOWN_TENANT_GRACE = row(
            "worker.unknown-tenant-grace",
            duration(Duration.ZERO, DAY),
            "30s",
            "How long a migration waits for its tenant, or for the tenant's home in a database, to be onboarded.");
    static final Setting<Duration> UNKNOWN_TARGET_GRACE = row(
            "worker.unknown-target-grace",
            duration(Duration.ZERO, DAY),
            "60s",
            "How long a migration waits for a target version that this worker does not have.");
    static final Setting<Duration> LOCK_TIMEOUT = row(
            "worker.lock-timeout",
            duration(MILLISECOND, HOUR),
            "2s",
            "How long a statement on a home waits for a lock.");
    static final Setting<Duration> STATEMENT_TIMEOUT = row(
            "worker.statement-timeout",
            duration(Duration.ZERO, DAY),
            "0s",
            "How long a statement on a home may take; 0s: no limit.");

    static final Setting<Integer> MAX_ATTEMPTS = row(
            "retry.max-attempts",
            integer(1, 1000),
            "10",
            "Attempts at a home in all, if each fails in a way that may pass, as by a lock timeout.");
    static final Setting<Duration> INITIAL_DELAY = row(
            "retry.initial-delay",
            duration(MILLISECOND, HOUR),
            "200ms",
            "The pause before the second attempt; it doubles with each further one.");
    static final Setting<Duration> MAX_DELAY = row(
            "retry.max-delay",
            duration(MILLISECOND, LONGEST_DELAY),
            "60s",
            "The longest pause between two attempts; not shorter than `retry.initial-delay`.");
    static final Setting<Optional<Duration>> GIVE_UP_AFTER = row(
            "retry.give-up-after",
            durationOrNever(Duration.ofSeconds(1), Duration.ofDays(365)),
            "never",
            "How long a server may be away before its requests fail with `server-unavailable`.");

    static final Setting<Optional<Duration>> DRIFT_SWEEP = row(
            "drift.sweep",
            durationOrNever(Duration.ofMinutes(1), Duration.ofDays(365)),
            "never",
            "How long all homes may take to be compared once.");
    static final Setting<Integer> DRIFT_HOMES_PER_SECOND = row(
            "drift.homes-per-second",
            integer(1, 1000),
            "10",
            "The most homes that a worker compares in a second, samples included.");

    static final Setting<String> HTTP_HOST = row(
            "http.host",
            text(WORD, "a host name or address"),
            "127.0.0.1",
            "The address on which [metrics and health](#watching-it) are served.");
    static final Setting<Integer> HTTP_PORT = row("http.port", integer(0, 65535), "8080", "The port; 0: any free one.");

    private SettingsTable() {}

    /** In the order of the README. */
    static List<Setting<?>> all() {
        return Collections.unmodifiableList(ROWS);
    }

    private static <T> Setting<T> row(String key, ValueType<T> type, @Nullable String otherwise, String meaning) {
        Setting<T> setting = new Setting<>(key, type, otherwise, meaning);
        ROWS.add(setting);
        return setting;
    }
}

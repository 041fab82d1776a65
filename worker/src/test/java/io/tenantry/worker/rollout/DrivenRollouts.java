package io.tenantry.worker.rollout;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.RolloutResult;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.DriftRules;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.ServerShare;
import io.tenantry.worker.config.VerifyAfter;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.rollout.AdvertisedCatalog;
import io.tenantry.worker.registry.rollout.MemberState;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import io.tenantry.worker.registry.rollout.RolloutAnswers;
import io.tenantry.worker.registry.rollout.WorkerCatalogs;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rollouts in a real registry, driven turn by turn; the test is the poll thread and the workers. */
final class DrivenRollouts {
    static final String FINGERPRINT = "f2";

    /** An event of {@code rollout.results}. */
    record Published(EventType type, RolloutResult data, String id) {
        @Override
        public String toString() {
            return type.type().replaceAll(".*rollout\\.(.*)\\.v1", "$1");
        }
    }

    /** A request that was sent. */
    record Sent(String id, MigrationRequested data) {
        String key() {
            return data.key();
        }
    }

    private final Registry registry;
    private final EventCodec codec = new EventCodec();
    private final List<Published> events = new ArrayList<>();
    private final ProgressWatch watch = new ProgressWatch(() -> nanos());
    private RolloutWork work;
    private Desk desk = new Desk();
    private int verbs;
    private long nanos;

    DrivenRollouts(Registry registry, Duration targetGrace) {
        this.registry = registry;
        this.work = work(targetGrace);
        desk.arrived(Map.of(0, OptionalLong.empty()));
    }

    private RolloutWork work(Duration targetGrace) {
        DatabaseSettings users = new DatabaseSettings(
                "users",
                List.of(new ServerShare("main", OptionalInt.empty())),
                Isolation.SCHEMA,
                "tenant_{tenant}",
                Path.of("users"),
                List.of(),
                false,
                Set.of(),
                new DriftRules(VerifyAfter.NEVER, List.of()));
        RolloutTerms terms =
                new RolloutTerms("group", "/tenantry/group", targetGrace, List.of(users), Map.of("main", 5));
        return new RolloutWork(registry, terms, watch, Clock.systemUTC(), () -> nanos);
    }

    /** Empties the registry. */
    void clear() throws SQLException {
        registry.inTransaction(connection -> {
            Sql.execute(
                    connection,
                    "TRUNCATE tenantry.rollout, tenantry.rollout_event, tenantry.rollout_partition, tenantry.rollout_verb,"
                            + " tenantry.tenant, tenantry.worker CASCADE");
            return true;
        });
    }

    /** Changes the registry in a way that no release of this one does. */
    void execute(String sql) throws SQLException {
        registry.inTransaction(connection -> {
            Sql.execute(connection, sql);
            return true;
        });
    }

    /** Positions of events that are not marked as published. */
    List<Long> unmarked() throws SQLException {
        return registry.inTransaction(connection -> Sql.query(
                connection,
                "SELECT position FROM tenantry.rollout_event WHERE NOT published ORDER BY 1",
                row -> row.getLong(1)));
    }

    /** Another worker takes the partition over; this one is dead. */
    void takenOver(OptionalLong published) {
        work = work(Duration.ofMinutes(1));
        desk = new Desk();
        desk.arrived(Map.of(0, published));
    }

    void tenants(int from, int to, @Nullable String fingerprint) throws SQLException {
        registry.inTransaction(connection -> {
            for (int i : IntStream.rangeClosed(from, to).toArray()) {
                Sql.update(connection, "INSERT INTO tenantry.tenant (tenant) VALUES (?)", "t" + i);
                Sql.update(
                        connection,
                        "INSERT INTO tenantry.tenant_home (tenant, database, server, location, version, observed_at,"
                                + " fingerprint_seen, fingerprint_seen_at) VALUES (?, 'users', 'main', ?, '1', now(), ?, now())",
                        "t" + i,
                        "tenant_t" + i,
                        fingerprint);
            }
            return true;
        });
    }

    /** A live worker; null for its migrations: it is of an older release. */
    void worker(String name, @Nullable Map<String, String> versions) throws SQLException {
        registry.inTransaction(connection -> {
            Sql.update(
                    connection,
                    "INSERT INTO tenantry.worker (group_id, application_name, expires_at) VALUES ('group', ?, now())"
                            + " ON CONFLICT DO NOTHING",
                    name);
            Sql.update(
                    connection,
                    "INSERT INTO tenantry.connection_lease VALUES ('group', ?, 'main', 5, 2) ON CONFLICT DO NOTHING",
                    name);
            if (versions != null) {
                new WorkerCatalogs()
                        .write(
                                connection,
                                "group",
                                name,
                                Map.of("users", new AdvertisedCatalog.Database("2", versions)));
            }
            return true;
        });
    }

    void upToDateWorker(String name) throws SQLException {
        worker(name, Map.of("1", "f1", "2", FINGERPRINT));
    }

    /** Sends a verb with a new id. */
    String request(RolloutRequested data) throws SQLException {
        String id = UUID.randomUUID().toString();
        request(id, data);
        return id;
    }

    void request(String id, RolloutRequested data) throws SQLException {
        desk.receive(new Rollouts.Verb(
                new RequestRef(id, "/test", EventType.ROLLOUT_REQUESTED.type(), "rollout.requested", 0, verbs++),
                data,
                null));
    }

    void change(RolloutAction action, @Nullable String reason) throws SQLException {
        request(RolloutRequested.change("r1", action, reason));
    }

    /** Runs turns until nothing more happens by itself; returns what was sent. */
    List<Sent> turns() throws SQLException {
        List<Sent> sent = new ArrayList<>();
        boolean more = true;
        while (more) {
            work.turn(desk);
            List<Outgoing> taken = desk.takeOutgoing(1000);
            for (Outgoing next : taken) {
                byte[] data = next.event().data();
                if (next instanceof Outgoing.Attempt) {
                    sent.add(new Sent(next.event().id(), codec.decodeData(data, MigrationRequested.class)));
                } else {
                    EventType type = EventType.of(next.event().type()).orElseThrow();
                    events.add(new Published(
                            type,
                            codec.decodeData(data, RolloutResult.class),
                            next.event().id()));
                }
            }
            desk.published(taken);
            more = !taken.isEmpty();
        }
        return sent;
    }

    /** All events so far. */
    List<Published> events() {
        return events;
    }

    Published last() {
        return Objects.requireNonNull(events.get(events.size() - 1));
    }

    void completed(List<Sent> requests) throws SQLException {
        answer(requests, MemberState.COMPLETED, null);
    }

    void failed(List<Sent> requests, ErrorCode code) throws SQLException {
        answer(requests, MemberState.FAILED, code);
    }

    void skipped(List<Sent> requests) throws SQLException {
        answer(requests, MemberState.SKIPPED, ErrorCode.ROLLOUT_HALTED);
    }

    private void answer(List<Sent> requests, MemberState state, @Nullable ErrorCode code) throws SQLException {
        registry.inTransaction(connection -> {
            new RolloutAnswers()
                    .write(
                            connection,
                            requests.stream()
                                    .map(sent -> new RolloutAnswer(sent.id(), state, code))
                                    .toList());
            return true;
        });
    }

    /** Which of these requests a worker would skip now. */
    Set<String> halted(List<Sent> requests) throws SQLException {
        return registry
                .inTransaction(connection -> new RolloutAnswers()
                        .halts(connection, requests.stream().map(Sent::id).toList()))
                .entrySet()
                .stream()
                .filter(halts -> halts.getValue().isHalted())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private long nanos() {
        return nanos;
    }

    ProgressWatch watch() {
        return watch;
    }

    void secondsPass(int seconds) {
        nanos += seconds * 1_000_000_000L;
    }

    /** Time passes: the soak time is over. */
    void soakIsOver() throws SQLException {
        registry.inTransaction(connection -> Sql.update(
                connection, "UPDATE tenantry.rollout SET soak_until = now() - interval '1 s', version = version + 1"));
    }
}

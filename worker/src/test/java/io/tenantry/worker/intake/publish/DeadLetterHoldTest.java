package io.tenantry.worker.intake.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.Registration;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.settle.Settled;
import io.tenantry.worker.settle.SettlementStore;
import io.tenantry.worker.settle.Settler;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadLetterHoldTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final String SOURCE = "/tenantry/test";

    private final SlowStore store = new SlowStore();
    private final Settler settler = new Settler(
            store,
            new Outage("the registry", "outcomes wait", Clock.systemUTC(), System::nanoTime, away -> {}),
            new Meters(new SimpleMeterRegistry()),
            SOURCE,
            signup -> false,
            error -> {
                throw error;
            });
    private final DeadLetterHold hold = new DeadLetterHold(settler);

    @AfterEach
    void close() {
        settler.close();
    }

    @Test
    void aRequestOfARolloutIsHeldUntilTheRegistryHasItsFailure() {
        hold.add(dead(), record("r1", SOURCE));

        assertThat(hold.isOver()).isFalse();
        store.write(1);
        Await.until(DEADLINE, "the hold is over", hold::isOver);
        assertThat(store.writes).containsExactly("r1 died of INVALID_EVENT");
    }

    @Test
    void whatNoRolloutHasSentIsNotHeld() {
        hold.add(dead(), record("r1", "/another/source"));
        hold.add(dead(), record("r2", null));
        hold.add(dead(), record(null, SOURCE));

        assertThat(hold.isOver()).isTrue();
        assertThat(store.writes).isEmpty();
    }

    @Test
    void isOverOnlyWhenTheLedgerHasForgottenEachResultThatIsReplaced() {
        hold.addReplaced(List.of(request("one"), request("two")));
        hold.add(dead(), record("r3", SOURCE));

        store.write(2);
        Await.until(DEADLINE, "two are written", () -> store.writes.size() == 2);
        assertThat(hold.isOver()).isFalse();
        store.write(1);
        Await.until(DEADLINE, "the hold is over", hold::isOver);
        assertThat(store.writes).containsExactly("one retracted", "two retracted", "r3 died of INVALID_EVENT");
    }

    private static Settled.Dead dead() {
        return new Settled.Dead(
                new Coordinates(new TopicPartition("migration.requested", 0), 7), ErrorCode.INVALID_EVENT, "no JSON");
    }

    private static RequestRef request(String id) {
        return new RequestRef(id, "/shop", EventType.TENANT_CREATED.type(), "tenant.created", 0, 3);
    }

    private static ConsumerRecord<byte[], byte[]> record(@Nullable String id, @Nullable String source) {
        var record = new ConsumerRecord<>("migration.requested", 0, 7, new byte[0], new byte[0]);
        if (id != null) {
            record.headers().add("ce_id", id.getBytes(UTF_8));
        }
        if (source != null) {
            record.headers().add("ce_source", source.getBytes(UTF_8));
        }
        return record;
    }

    /** Writes nothing before it is allowed to. */
    private static final class SlowStore implements SettlementStore {
        private final Semaphore allowed = new Semaphore(0);
        private final List<String> writes = new CopyOnWriteArrayList<>();

        void write(int more) {
            allowed.release(more);
        }

        @Override
        public void retract(RequestRef unpublished, Optional<RolloutAnswer> instead) throws SQLException {
            written(unpublished.id() + " retracted");
        }

        @Override
        public void died(RolloutAnswer member) throws SQLException {
            written(member.requestId() + " died of " + member.code());
        }

        private void written(String what) throws SQLException {
            try {
                allowed.acquire();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new SQLException("interrupted", "57014", stop);
            }
            writes.add(what);
        }

        @Override
        public List<Recorded> settle(
                List<LedgerEntry> entries,
                List<Registration> registrations,
                List<RequestRef> published,
                List<RequestRef> repeated) {
            return List.of();
        }
    }
}

package io.tenantry.worker.registry.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DriftChange;
import io.tenantry.contracts.DriftedObject;
import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.TenantDrift;
import io.tenantry.worker.engine.reference.Reference;
import io.tenantry.worker.engine.reference.ReferenceStore.Place;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import io.tenantry.worker.registry.drift.DriftTable.Recorded;
import io.tenantry.worker.registry.rollout.Outbox;
import io.tenantry.worker.scenario.MigratedRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The rows of drift and of references, and the events that go with them. */
class DriftTableIT {
    private static final LookedAt ACME = new LookedAt("acme", "users", "main", "tenant_acme");
    private static final LookedAt BILLING = new LookedAt(null, "billing", "main", "billing");
    private static final FoundDifference INDEX = new FoundDifference(
            DriftChange.MISSING, "index", "users_email_idx", "users", "CREATE INDEX … WHERE key = 'secret'", null);

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    private DriftTable table;

    @BeforeEach
    void register() {
        table = new DriftTable(control.registry(), "group", "/tenantry/group");
        execute(
                "INSERT INTO tenantry.tenant (tenant) VALUES ('acme');"
                        + " INSERT INTO tenantry.tenant_home (tenant, database, server, location) VALUES ('acme', 'users', 'main',"
                        + " 'tenant_acme');"
                        + " INSERT INTO tenantry.shared_database (database, server, location) VALUES ('billing', 'main', 'billing')");
    }

    @Test
    void beginAndEndOfADriftAreOneEventEach() throws SQLException {
        assertThat(record(ACME, DriftState.CLEAN)).isEqualTo(Recorded.SAME);
        Instant early = table.now();
        assertThat(record(ACME, DriftState.DRIFTED, INDEX)).isEqualTo(Recorded.BEGUN);
        assertThat(record(
                        ACME, DriftState.DRIFTED, Collections.nCopies(70, INDEX).toArray(FoundDifference[]::new)))
                .isEqualTo(Recorded.SAME);
        assertThat(record(ACME, DriftState.UNREADABLE)).isEqualTo(Recorded.SAME);
        assertThat(new DriftQueue(control.registry()).drifted())
                .as("it still drifts")
                .containsExactly(Map.entry("users", 1L));
        assertThat(table.record(look(ACME, DriftState.CLEAN, early)))
                .as("a look that began before the last one")
                .isEqualTo(Recorded.DROPPED);
        assertThat(record(
                        BILLING,
                        DriftState.DRIFTED,
                        Collections.nCopies(25, INDEX).toArray(FoundDifference[]::new)))
                .isEqualTo(Recorded.BEGUN);
        assertThat(record(ACME, DriftState.CLEAN)).isEqualTo(Recorded.CLEARED);
        assertThat(record(ACME, DriftState.DRIFTED, INDEX)).isEqualTo(Recorded.BEGUN);
        assertThat(record(new LookedAt("stranger", "users", "main", "x"), DriftState.DRIFTED, INDEX))
                .isEqualTo(Recorded.DROPPED);

        List<EncodedEvent> events = events();
        assertThat(events)
                .extracting(event -> event.key() + " "
                        + EventType.of(event.type()).orElseThrow().fileName())
                .containsExactly(
                        "acme tenant-drifted",
                        "billing tenant-drifted",
                        "acme tenant-drift-cleared",
                        "acme tenant-drifted");
        assertThat(new HashSet<>(events.stream().map(EncodedEvent::id).toList()))
                .hasSize(4);
        TenantDrift first = data(events.get(0));
        assertThat(first.differences())
                .containsExactly(new DriftedObject(DriftChange.MISSING, "index", "users_email_idx", "users"));
        assertThat(first.location()).isEqualTo("tenant_acme");
        assertThat(data(events.get(2)).since()).as("of the drift that ended").isEqualTo(first.since());
        assertThat(data(events.get(1)).tenant()).isNull();
        assertThat(data(events.get(1)).differences()).hasSize(20);
        assertThat(data(events.get(1)).more()).isEqualTo(5);
        assertThat(new String(events.get(0).data(), java.nio.charset.StandardCharsets.UTF_8))
                .doesNotContain("CREATE INDEX");
    }

    @Test
    void storesSomeDifferencesWithoutLiteralsUntilTheHomeIsForgotten() throws SQLException {
        record(ACME, DriftState.DRIFTED, Collections.nCopies(70, INDEX).toArray(FoundDifference[]::new));

        assertThat(ask("SELECT concat_ws(' ', state, jsonb_array_length(differences), difference_count,"
                        + " differences -> 0 ->> 'expected') FROM tenantry.drift_home"))
                .isEqualTo("drifted 50 70 CREATE INDEX … WHERE key = '...'");
        record(
                ACME,
                DriftState.DRIFTED,
                new FoundDifference(DriftChange.CHANGED, "comment", "table users", "users", null, "password hidden"),
                new FoundDifference(
                        DriftChange.CHANGED,
                        "column",
                        "users.pin2",
                        "users",
                        "numeric(10,2) NOT NULL DEFAULT (4711.5 + pin2)::numeric(10,2)",
                        "numeric(10,2) DEFAULT 4711"));
        assertThat(ask(
                        "SELECT concat_ws('; ', differences -> 0 ->> 'actual', differences -> 0 ->> 'expected', differences"
                                + " -> 1 ->> 'expected', differences -> 1 ->> 'actual') FROM tenantry.drift_home"))
                .isEqualTo(
                        "'...'; numeric(10,2) NOT NULL DEFAULT (... + pin2)::numeric(...,...); numeric(10,2) DEFAULT ...");
        execute("DELETE FROM tenantry.tenant_home");
        assertThat(ask("SELECT count(*) FROM tenantry.drift_home")).isEqualTo("0");
    }

    /** Two releases run side by side; only the newer one reads the settings of a database, say. */
    @Test
    void aLookThatSeesLessNeitherClearsNorBeginsWhatOneThatSeesMoreHasSaid() throws SQLException {
        assertThat(table.record(seeing(1, DriftState.CLEAN))).isEqualTo(Recorded.SAME);
        assertThat(table.record(seeing(2, DriftState.DRIFTED, INDEX))).isEqualTo(Recorded.BEGUN);
        assertThat(table.record(seeing(1, DriftState.CLEAN))).isEqualTo(Recorded.DROPPED);
        assertThat(table.record(seeing(2, DriftState.CLEAN))).isEqualTo(Recorded.CLEARED);
        assertThat(table.record(seeing(1, DriftState.DRIFTED, INDEX))).isEqualTo(Recorded.DROPPED);
        assertThat(events()).hasSize(2);

        execute("UPDATE tenantry.drift_home SET checked_at = now() - interval '25 hours'");

        assertThat(table.record(seeing(1, DriftState.DRIFTED, INDEX)))
                .as("the newer release was taken back")
                .isEqualTo(Recorded.BEGUN);
    }

    private DriftLook seeing(int sight, DriftState state, FoundDifference... differences) throws SQLException {
        return new DriftLook(ACME, table.now(), "11", "0123", state, List.of(differences), null, "worker-1", sight);
    }

    @Test
    void noEventIsAppendedWhileAWorkerWouldDropIt() throws SQLException {
        worker("old", "NULL", "NULL");
        worker("new", "2", "NULL");
        worker("command", "NULL", "1");
        record(ACME, DriftState.DRIFTED, INDEX);
        assertThat(events()).isEmpty();
        record(BILLING, DriftState.DRIFTED, INDEX);
        record(BILLING, DriftState.CLEAN);
        execute("UPDATE tenantry.worker SET publishes = 2 WHERE application_name = 'old'");

        assertThat(record(ACME, DriftState.DRIFTED, INDEX)).isEqualTo(Recorded.SAME);
        record(BILLING, DriftState.CLEAN);
        execute("UPDATE tenantry.worker SET publishes = NULL WHERE application_name = 'old'");
        assertThat(record(ACME, DriftState.CLEAN)).as("not yet published").isEqualTo(Recorded.SAME);
        execute("DELETE FROM tenantry.worker WHERE application_name = 'old'");
        assertThat(record(ACME, DriftState.CLEAN)).isEqualTo(Recorded.CLEARED);
        assertThat(record(ACME, DriftState.CLEAN)).isEqualTo(Recorded.SAME);

        assertThat(events())
                .as("billing was mended before anybody was told")
                .extracting(event -> event.key() + " "
                        + EventType.of(event.type()).orElseThrow().fileName())
                .containsExactly("acme tenant-drifted", "acme tenant-drift-cleared");
    }

    @Test
    void aReferenceIsKeptForTheSameServerRoleAndFormat() throws SQLException {
        ReferenceTable references = new ReferenceTable(control.registry());
        Reference reference = new Reference(new CatalogSnapshot(new TreeMap<>(Map.of(
                "table übung", new Entry("", "x".repeat(100_000)), "column a.b", new Entry("table a", "text")))));
        Place place = new Place("main", "users", "0123-plain-schema", 180006, "app", "f");
        references.keep(place, new Reference(new CatalogSnapshot(new TreeMap<>())));
        references.keep(place, reference);

        assertThat(references.find(place)).contains(reference);
        assertThat(references.find(new Place("main", "users", "0123-plain-schema", 180007, "app", "f")))
                .isEmpty();
        assertThat(references.find(new Place("main", "users", "0123-plain-schema", 180006, "other", "f")))
                .isEmpty();
        assertThat(references.find(new Place("main", "users", "0123-plain-schema", 180006, "app", "g")))
                .isEmpty();
        execute("UPDATE tenantry.reference SET used_at = now() - interval '89 days'");
        assertThat(references.find(place)).isPresent();
        assertThat(references.prune(Duration.ofDays(88)))
                .as("it was used today")
                .isZero();
        execute("UPDATE tenantry.reference SET used_at = now() - interval '91 days'");
        assertThat(references.prune(Duration.ofDays(90))).isEqualTo(1);
    }

    private Recorded record(LookedAt home, DriftState state, FoundDifference... differences) throws SQLException {
        return table.record(look(home, state, table.now(), differences));
    }

    private static DriftLook look(LookedAt home, DriftState state, Instant begun, FoundDifference... differences) {
        return new DriftLook(home, begun, "11", "0123", state, List.of(differences), null, "worker-1", 2);
    }

    private void worker(String name, String publishes, String most) {
        execute(
                "INSERT INTO tenantry.worker (group_id, application_name, expires_at, publishes, most_connections) VALUES"
                        + " ('group', '" + name + "', now() + interval '10 s', " + publishes + ", " + most + ")");
    }

    private List<EncodedEvent> events() throws SQLException {
        return control.registry()
                .inTransaction(connection -> new Outbox()
                        .after(connection, "/tenantry/group", "group", Map.of(0, 0L), 100).stream()
                                .map(Outbox.Entry::event)
                                .toList());
    }

    private static TenantDrift data(EncodedEvent event) {
        return new EventCodec().decodeData(event.data(), TenantDrift.class);
    }

    private void execute(String sql) {
        control.deployment().executeInRegistry(sql);
    }

    private String ask(String sql) throws SQLException {
        return control.registry()
                .inTransaction(
                        connection -> io.tenantry.worker.postgres.Sql.one(connection, sql, row -> row.getString(1)));
    }
}

package io.tenantry.worker.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.config.Secret;
import io.tenantry.worker.scenario.MigratedRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The ledger has one row for each source, id and type. */
class LedgerIT {
    private static final String CREATED = "io.tenantry.tenant.created.v1";
    private static final String MIGRATION = "io.tenantry.migration.requested.v1";

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    @Test
    void twoTypesUnderOneIdAreTwoRequestsAlsoInOneBatch() throws SQLException {
        List<Recorded> recorded =
                control.registry().settle(List.of(entry(CREATED), entry(MIGRATION)), List.of(), List.of());

        assertThat(recorded).extracting(one -> one.entry().request().type()).containsExactly(CREATED, MIGRATION);
        assertThat(lookUp(CREATED).recorded())
                .hasValueSatisfying(
                        found -> assertThat(found.entry().request().type()).isEqualTo(CREATED));
        assertThat(lookUp(MIGRATION).recorded())
                .hasValueSatisfying(
                        found -> assertThat(found.entry().request().type()).isEqualTo(MIGRATION));
    }

    @Test
    void onlyTheOneThatWasPublishedIsMarked() throws SQLException {
        control.registry().settle(List.of(entry(CREATED), entry(MIGRATION)), List.of(), List.of());

        control.registry().settle(List.of(), List.of(), List.of(entry(MIGRATION).request()));

        assertThat(lookUp(CREATED).recorded())
                .hasValueSatisfying(found -> assertThat(found.published()).isFalse());
        assertThat(lookUp(MIGRATION).recorded())
                .hasValueSatisfying(found -> assertThat(found.published()).isTrue());
    }

    /** As ops/security.md says, until a release changes the tables. */
    @Test
    void aRoleThatOwnsNothingCanStartAndWrite() throws SQLException {
        String role = "guest_of_" + control.deployment().controlDatabase();
        control.deployment()
                .executeInRegistry("CREATE ROLE " + role + " LOGIN PASSWORD 'guest'; GRANT CONNECT ON DATABASE "
                        + control.deployment().controlDatabase() + " TO " + role
                        + "; GRANT USAGE ON SCHEMA tenantry TO " + role
                        + "; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tenantry TO " + role);
        RegistrySettings owner = control.deployment().settings().registry();
        RegistrySettings guest =
                new RegistrySettings(owner.url(), role, new Secret("guest"), 1, owner.ledgerRetention());

        try (Registry ofGuest = new Registry(guest, "guest")) {
            ofGuest.migrate();
            ofGuest.settle(List.of(entry(CREATED)), List.of(), List.of());
        }

        assertThat(lookUp(CREATED).recorded()).isPresent();
    }

    /** In a rolling deploy it goes on beside this one. */
    @Test
    void theReleaseBeforeCanStillWrite() {
        String insert = "INSERT INTO tenantry.request (source, id, type, key, topic, partition, \"offset\", result_id,"
                + " result_source, result_type, result_time, traceparent, result, published) SELECT '/test', 'one',"
                + " 'type', 'acme', 'topic', 0, 1, 'result', '/tenantry', 'type', now(), NULL, '{}', false"
                + " ON CONFLICT DO NOTHING RETURNING source, id";

        assertThat(control.deployment().queryRegistry(insert)).hasSize(1);
        assertThat(control.deployment().queryRegistry(insert)).isEmpty();
    }

    private TenantRecord lookUp(String type) throws SQLException {
        return control.registry()
                .lookUp(List.of(new LookUp(entry(type).request(), "acme", null)))
                .get(0);
    }

    private static LedgerEntry entry(String type) {
        return new LedgerEntry(
                new RequestRef("one", "/test", type, "topic", 0, 1),
                new EncodedEvent(
                        "result",
                        "/tenantry",
                        "type",
                        Instant.EPOCH,
                        null,
                        "acme",
                        "{}".getBytes(StandardCharsets.UTF_8)));
    }
}

package io.tenantry.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.scenario.MigratedRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The statements of the runbooks for failed requests show what the ledger has of one. */
class RunbookFailuresIT {
    private static final Pattern BLOCK = Pattern.compile("```sql\\n(.*?);\\s*```", Pattern.DOTALL);
    private static final ResultError ERROR = new ResultError(
            ErrorCode.MIGRATION_FAILED,
            "ERROR: column is in the way",
            "42701",
            "V11__email.sql",
            3,
            "ALTER TABLE users");

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    @Test
    void showsWhyMigrationsFailed() throws Exception {
        control.registry()
                .settle(
                        List.of(failure(EventType.MIGRATION_REQUESTED, EventType.MIGRATION_FAILED)),
                        List.of(),
                        List.of());

        assertThat(row("TenantryMigrationsFailed"))
                .containsEntry("tenant", "acme")
                .containsEntry("code", "migration-failed")
                .containsEntry("script", "V11__email.sql")
                .containsEntry("line", "3")
                .containsEntry("sqlstate", "42701")
                .containsEntry("message", "ERROR: column is in the way");
    }

    @Test
    void showsWhyOnboardingsFailed() throws Exception {
        control.registry()
                .settle(List.of(failure(EventType.TENANT_CREATED, EventType.ONBOARDING_FAILED)), List.of(), List.of());

        assertThat(row("TenantryOnboardingsFailed"))
                .containsEntry("tenant", "acme")
                .containsEntry("code", "migration-failed")
                .containsEntry("message", "ERROR: column is in the way");
    }

    private static LedgerEntry failure(EventType request, EventType result) {
        RequestRef ref = new RequestRef("one", "/test", request.type(), "topic", 0, 1);
        TenantResult data = new TenantResult(
                "acme", null, ref, null, Outcome.FAILED, ERROR, List.of(), 1, "worker", Instant.EPOCH, Instant.EPOCH);
        return new LedgerEntry(
                ref, new EventCodec().encode(new Event<>("result", "/tenantry", result, Instant.EPOCH, null, data)));
    }

    /** What the first statement of the runbook about results shows: its only row, by column. */
    private Map<String, String> row(String runbook) throws Exception {
        String statement = statements(Objects.requireNonNull(OpsFiles.runbooks().get(runbook)))
                .filter(sql -> sql.contains("result::jsonb"))
                .findFirst()
                .orElseThrow();
        Map<String, String> row = new TreeMap<>();
        String columns = "SELECT column_name || '=' || value FROM (" + statement
                + ") failures, jsonb_each_text(to_jsonb(failures)) AS columns (column_name, value)";
        for (String column : control.deployment().queryRegistry(columns)) {
            String[] parts = column.split("=", 2);
            assertThat(row.put(parts[0], parts[1])).as("one row only").isNull();
        }
        return row;
    }

    private static Stream<String> statements(String runbook) {
        return BLOCK.matcher(runbook).results().map(block -> block.group(1));
    }
}

package io.tenantry.worker.settle;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.stack.CapturedLog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One line for each outcome. */
class OutcomeLogTest {
    private static final RequestRef REF = new RequestRef("42", "/test", "type", "topic", 0, 7);

    private final CapturedLog log = new CapturedLog(OutcomeLog.class, Level.DEBUG);

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void saysWhatAnOnboardingApplied() {
        log(
                created(),
                Outcome.COMPLETED,
                null,
                1,
                home("users", Outcome.COMPLETED, null, "7", List.of("1", "2", "3", "4", "5", "6", "7"), 30),
                home("billing", Outcome.UP_TO_DATE, "2", "2", List.of(), 1));

        assertLine(
                Level.INFO,
                "onboarding of acme: completed after 53 ms; database users completed, from none to 7 by 1, 2, 3, 4, 5 and 2"
                        + " more in 30 ms; database billing up-to-date at 2");
    }

    @Test
    void saysWhyAMigrationFailedOnOneLine() {
        ResultError error = ResultError.of(
                ErrorCode.MIGRATION_FAILED,
                "ERROR: relation \"x\" exists\r\n  Where: line 3\n\n2026-01-01 INFO forged");

        log(
                migration(),
                Outcome.FAILED,
                error,
                3,
                home("users", Outcome.FAILED, "5", "6", List.of("6"), 9),
                home("billing", Outcome.NOT_ATTEMPTED, null, null, List.of(), 0));

        assertLine(
                Level.INFO,
                "migration of acme: failed after 53 ms and 3 attempts: migration-failed: ERROR: relation \"x\" exists |"
                        + " Where: line 3 | 2026-01-01 INFO forged; database users failed, from 5 to 6 by 6 in 9 ms;"
                        + " database billing not attempted");
    }

    @Test
    void isForDebuggingOnlyIfAllWasUpToDate() {
        log(migration(), Outcome.UP_TO_DATE, null, 1, home("users", Outcome.UP_TO_DATE, "5", "5", List.of(), 1));

        assertLine(Level.DEBUG, "migration of acme: up-to-date after 53 ms; database users up-to-date at 5");
    }

    @Test
    void cutsALongReason() {
        log(migration(), Outcome.FAILED, ResultError.of(ErrorCode.INTERNAL, "x".repeat(4000)), 1);

        assertThat(log.events().get(0).getFormattedMessage())
                .hasSizeLessThan(1200)
                .endsWith("x...");
    }

    private void assertLine(Level level, String text) {
        assertThat(log.events()).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(level);
            assertThat(line).extracting(ILoggingEvent::getFormattedMessage).isEqualTo(text);
        });
    }

    private static TenantCreated created() {
        return new TenantCreated("acme", List.of(), Map.of());
    }

    private static MigrationRequested migration() {
        return new MigrationRequested("acme", null, List.of(), MigrationRequested.LATEST, null, 1);
    }

    private static void log(
            TenantRequest data, Outcome outcome, @Nullable ResultError error, int attempts, DatabaseResult... homes) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        TenantResult result =
                new TenantResult("acme", null, REF, null, outcome, error, List.of(homes), attempts, "worker", now, now);
        OutcomeLog.log(new Request(REF, data, null, 0), result, Duration.ofMillis(53));
    }

    private static DatabaseResult home(
            String database,
            Outcome outcome,
            @Nullable String from,
            @Nullable String to,
            List<String> applied,
            long millis) {
        return new DatabaseResult(database, "main", "tenant_acme", outcome, from, to, applied, millis, null);
    }
}

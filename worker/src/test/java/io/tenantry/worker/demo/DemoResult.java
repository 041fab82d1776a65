package io.tenantry.worker.demo;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What came of the demo.
 *
 * @param sabotaged the tenant whose upgrade must fail
 * @param histories read from the tenants' schemas
 */
record DemoResult(
        RoundReport signups, RoundReport rollout, String sabotaged, FleetVersions histories, FleetVersions registry) {

    /** What is not as it should be, one line each; empty if all is. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        int tenants = signups.answers().size();
        int onboarded = signups.with(Outcome.COMPLETED).size();
        if (onboarded != tenants) {
            faults.add(onboarded + " of " + tenants + " signups were completed");
            signups.with(Outcome.FAILED).stream().limit(3).forEach(failed -> faults.add(failure(failed)));
        }
        int upgraded = rollout.with(Outcome.COMPLETED).size();
        if (upgraded != tenants - 1) {
            faults.add(upgraded + " tenants were upgraded; expected all but one, " + (tenants - 1));
        }
        List<TenantResult> failed = rollout.with(Outcome.FAILED);
        if (failed.size() != 1 || !isAsSabotaged(failed.get(0))) {
            faults.add(failed.size() + " upgrades failed; expected that of " + sabotaged + " alone, with "
                    + ErrorCode.MIGRATION_FAILED.code());
            failed.stream().limit(3).forEach(other -> faults.add(failure(other)));
        }
        if (!registry.equals(histories)) {
            faults.add("the registry says " + registry.tenants() + ", the tenants' histories " + histories.tenants());
        }
        return faults;
    }

    private boolean isAsSabotaged(TenantResult result) {
        ResultError error = result.error();
        return sabotaged.equals(result.tenant()) && error != null && error.code() == ErrorCode.MIGRATION_FAILED;
    }

    private static String failure(TenantResult result) {
        return result.key() + ": " + result.error();
    }

    /** The result for people. */
    List<String> lines() {
        TextTable versions = new TextTable("database", "version", "tenants", "");
        List<TenantResult> failed = rollout.with(Outcome.FAILED);
        histories.tenants().forEach((place, tenants) -> {
            String who = failed.stream()
                    .filter(result -> result.databases().stream()
                            .anyMatch(home -> home.database().equals(place.database())
                                    && place.version().equals(home.to())))
                    .map(TenantResult::key)
                    .reduce((one, other) -> one + ", " + other)
                    .orElse("");
            versions.row(
                    place.database(),
                    place.version(),
                    Integer.toString(tenants),
                    who.isEmpty() ? "" : "upgrade failed: " + who);
        });
        List<String> lines = new ArrayList<>(versions.lines());
        lines.add(
                registry.equals(histories)
                        ? "The registry (tenantry.tenant_home) says the same."
                        : "The registry (tenantry.tenant_home) says otherwise: " + registry.tenants());
        failed.forEach(result -> {
            lines.add("");
            lines.addAll(reason(result));
        });
        lines.add("");
        lines.addAll(speed());
        return lines;
    }

    private static List<String> reason(TenantResult result) {
        ResultError error = result.error();
        if (error == null) {
            return List.of(result.key() + " failed without a reason");
        }
        List<String> lines = new ArrayList<>();
        lines.add(result.key() + " failed with " + error.code().code() + ":");
        lines.add("  " + error.message().lines().findFirst().orElse(""));
        lines.add("  SQLSTATE " + error.sqlState() + ", " + error.migration() + " line " + error.line() + ":");
        if (error.statement() != null) {
            error.statement().lines().limit(3).forEach(line -> lines.add("    " + line));
        }
        return lines;
    }

    private List<String> speed() {
        TextTable speed = new TextTable("", "tenants", "seconds", "a second", "p50 ms", "p99 ms");
        addSpeed(speed, "onboarding", signups);
        addSpeed(speed, "rollout", rollout);
        List<String> lines = new ArrayList<>(speed.lines());
        lines.add("p50 and p99: from the send of a request to its result, of requests that were all sent at once.");
        return lines;
    }

    private static void addSpeed(TextTable table, String what, RoundReport report) {
        table.row(
                what,
                Integer.toString(report.answers().size()),
                String.format(Locale.ROOT, "%.1f", report.elapsed().toMillis() / 1000.0),
                String.format(Locale.ROOT, "%.1f", report.rate()),
                Long.toString(report.percentile(50).toMillis()),
                Long.toString(report.percentile(99).toMillis()));
    }
}

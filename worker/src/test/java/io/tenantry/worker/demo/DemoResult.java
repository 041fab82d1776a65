package io.tenantry.worker.demo;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What came of the demo.
 *
 * @param canaries how many tenants the first wave had
 * @param halted read from the tenants' schemas after the halt
 * @param histories read from the tenants' schemas at the end
 * @param registry at the end
 * @param commands those that did not end as they should, one line each
 */
record DemoResult(
        RoundReport signups,
        int canaries,
        FleetVersions.Place target,
        FleetVersions halted,
        FleetVersions histories,
        FleetVersions registry,
        List<String> commands) {

    /** What is not as it should be, one line each; empty if all is. */
    List<String> faults() {
        List<String> faults = new ArrayList<>(commands);
        int tenants = signups.answers().size();
        int onboarded = signups.with(Outcome.COMPLETED).size();
        if (onboarded != tenants) {
            faults.add(onboarded + " of " + tenants + " signups were completed");
            signups.with(Outcome.FAILED).stream().limit(3).forEach(failed -> faults.add(failure(failed)));
        }
        // Those of the canaries that had not begun at the halt were skipped.
        if (atTarget(halted) >= canaries) {
            faults.add(upgraded("at the halt", halted) + "; expected fewer than the " + canaries + " canaries");
        }
        if (atTarget(histories) != tenants) {
            faults.add(upgraded("at the end", histories) + "; expected " + tenants);
        }
        if (!registry.equals(histories)) {
            faults.add("the registry says " + registry.tenants() + ", the tenants' histories " + histories.tenants());
        }
        return faults;
    }

    private int atTarget(FleetVersions versions) {
        return versions.tenants().getOrDefault(target, 0);
    }

    private String upgraded(String when, FleetVersions versions) {
        return when + ", " + atTarget(versions) + " tenants were at " + target.database() + " version "
                + target.version();
    }

    private static String failure(TenantResult result) {
        return result.key() + ": " + result.error();
    }

    /** The result for people. */
    List<String> lines() {
        TextTable versions = new TextTable("database", "version", "tenants");
        histories
                .tenants()
                .forEach(
                        (place, tenants) -> versions.row(place.database(), place.version(), Integer.toString(tenants)));
        List<String> lines = new ArrayList<>(versions.lines());
        lines.add(
                registry.equals(histories)
                        ? "The registry (tenantry.tenant_home) says the same."
                        : "The registry (tenantry.tenant_home) says otherwise: " + registry.tenants());
        lines.add("");
        lines.addAll(speed());
        return lines;
    }

    private List<String> speed() {
        TextTable speed = new TextTable("", "tenants", "seconds", "a second", "p50 ms", "p99 ms");
        speed.row(
                "onboarding",
                Integer.toString(signups.answers().size()),
                String.format(Locale.ROOT, "%.1f", signups.elapsed().toMillis() / 1000.0),
                String.format(Locale.ROOT, "%.1f", signups.rate()),
                Long.toString(signups.percentile(50).toMillis()),
                Long.toString(signups.percentile(99).toMillis()));
        List<String> lines = new ArrayList<>(speed.lines());
        lines.add("p50 and p99: from the send of a request to its result, of requests that were all sent at once.");
        return lines;
    }
}

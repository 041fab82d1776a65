package io.tenantry.worker.cli.fleet;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.NextCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.TextTable;
import io.tenantry.worker.cli.Words;
import io.tenantry.worker.operator.fleet.FleetStatus;
import io.tenantry.worker.operator.fleet.Home;
import io.tenantry.worker.registry.overview.GroupMember;
import io.tenantry.worker.registry.overview.GroupMember.Condition;
import io.tenantry.worker.registry.rollout.MemberCounts;
import io.tenantry.worker.registry.rollout.RolloutView;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** The fleet as text. */
final class StatusText {
    private final Output output;
    private final NextCommand next;

    StatusText(Output output, NextCommand next) {
        this.output = output;
        this.next = next;
    }

    void write(FleetStatus status) {
        String summary = Words.count(status.tenants(), "tenant") + ", " + status.failed() + " failed, "
                + Words.count(status.behind(), "home") + " behind, " + status.inFlight() + " in flight by rollouts";
        if (status.failed() > 0) {
            output.line(Colour.BAD, summary);
        } else {
            output.line(summary);
        }
        homes(status);
        shared(status);
        workers(status);
        rollouts(status);
        advice(status);
    }

    private void homes(FleetStatus status) {
        TextTable table = new TextTable("DATABASE", "VERSION", "TENANTS", "STATE", "NEWEST");
        status.homes()
                .forEach(homes -> table.row(
                        HomeColours.of(homes.state()),
                        homes.database(),
                        homes.version(),
                        homes.tenants(),
                        Words.of(homes.state()),
                        homes.head()));
        write(table);
    }

    private void shared(FleetStatus status) {
        TextTable table = new TextTable("SHARED DATABASE", "VERSION", "STATE", "NEWEST", "LAST REQUEST");
        for (Home home : status.sharedDatabases()) {
            boolean failed = status.failedSharedDatabases().contains(home.database());
            table.row(
                    failed ? Colour.BAD : HomeColours.of(home.state()),
                    home.database(),
                    home.version(),
                    Words.of(home.state()),
                    home.head(),
                    failed ? "failed" : null);
        }
        write(table);
    }

    private void workers(FleetStatus status) {
        if (status.workers().isEmpty()) {
            output.line("");
            output.line("No worker of group " + status.group() + " runs.");
            return;
        }
        TextTable table = new TextTable("WORKER", "STATE", "CONNECTIONS", "NEWEST MIGRATIONS");
        for (GroupMember member : status.workers()) {
            table.row(
                    member.condition() == Condition.LIVE ? Colour.GOOD : Colour.WAITING,
                    member.applicationName().replaceFirst("^tenantry ", ""),
                    member.command() ? "command" : Words.of(member.condition()),
                    list(member.connections(), (server, connections) -> server + " " + connections),
                    member.command()
                            ? null
                            : list(member.heads(), (database, head) -> database + " " + (head == null ? "-" : head)));
        }
        write(table);
    }

    private static <V> String list(Map<String, V> entries, BiFunction<String, V, String> shown) {
        return entries.entrySet().stream()
                .map(entry -> shown.apply(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private void rollouts(FleetStatus status) {
        TextTable table =
                new TextTable("ROLLOUT", "STATE", "WAVE", "TENANTS", "AT TARGET", "FAILED", "IN FLIGHT", "WAITS FOR");
        for (RolloutView rollout : status.rollouts()) {
            MemberCounts counts = rollout.counts();
            table.row(
                    counts.failed() > 0 ? Colour.BAD : Colour.WAITING,
                    rollout.name(),
                    Words.of(rollout.state()),
                    rollout.waves().isEmpty()
                            ? null
                            : rollout.wave() + " of " + rollout.waves().size(),
                    counts.members(),
                    counts.succeeded(),
                    counts.failed(),
                    counts.inFlight(),
                    rollout.why().waitsFor());
        }
        write(table);
    }

    private void write(TextTable table) {
        if (!table.isEmpty()) {
            output.line("");
            output.table(table);
        }
    }

    private void advice(FleetStatus status) {
        if (status.tenants() == 0 && status.failed() == 0) {
            output.note("no tenant is registered; onboard one: " + next.of("onboard TENANT"));
        }
        if (status.failed() > 0) {
            output.note("the failed tenants, and why they failed: " + next.of("tenants --failed"));
        }
        if (status.behind() > 0) {
            output.note("the tenants that are behind: " + next.of("tenants --behind"));
        }
        if (status.drifted() > 0) {
            output.note(Words.count(status.drifted(), "home")
                    + (status.drifted() == 1 ? " differs" : " differ") + " from what the migrations make: "
                    + next.of("tenants --drifted") + "; and in what: " + next.of("drift"));
        }
    }
}

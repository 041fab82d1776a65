package io.tenantry.worker.cli.fleet;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.RequestType;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.NextCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.TextTable;
import io.tenantry.worker.cli.Words;
import io.tenantry.worker.operator.fleet.Home;
import io.tenantry.worker.operator.fleet.TenantDetails;
import io.tenantry.worker.registry.overview.AnsweredRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One tenant as text. */
final class TenantText {
    private final Output output;
    private final NextCommand next;

    TenantText(Output output, NextCommand next) {
        this.output = output;
        this.next = next;
    }

    void write(TenantDetails details) {
        @Nullable Instant createdAt = details.createdAt();
        output.line(createdAt == null ? "not registered: it was never onboarded" : "registered " + Words.of(createdAt));
        if (!details.attributes().isEmpty()) {
            output.line("attributes "
                    + details.attributes().entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue())
                            .collect(Collectors.joining(", ")));
        }
        if (!details.homes().isEmpty()) {
            output.line("");
            output.table(homes(details));
        }
        for (Home home : details.homes()) {
            if (home.driftedSince() != null) {
                output.line(
                        Colour.BAD,
                        home.database() + " differs from what its migrations make, since "
                                + Words.of(home.driftedSince()) + "; in what: "
                                + next.of("drift --tenant " + details.tenant()));
            }
        }
        output.line("");
        if (details.requests().isEmpty()) {
            output.line("The ledger has no request of this tenant.");
        }
        details.requests().forEach(this::request);
    }

    private static TextTable homes(TenantDetails details) {
        TextTable table = new TextTable("DATABASE", "VERSION", "STATE", "NEWEST", "SERVER", "LOCATION", "SEEN");
        for (Home home : details.homes()) {
            table.row(
                    HomeColours.of(home.state()),
                    home.database(),
                    home.version(),
                    Words.of(home.state()),
                    home.head(),
                    home.server(),
                    home.location(),
                    Words.of(home.updatedAt()));
        }
        return table;
    }

    private void request(AnsweredRequest answered) {
        TenantResult result = answered.result();
        RequestRef request = result.request();
        String work = EventType.of(request.type())
                .flatMap(RequestType::of)
                .map(RequestType::noun)
                .orElse(request.type());
        output.line(
                colour(result.outcome()),
                Words.of(answered.finishedAt()) + "  " + work + "  "
                        + result.outcome().wireName()
                        + (result.rollout() == null ? "" : "  rollout " + result.rollout())
                        + (answered.published() ? "" : "  (not known to be published yet)"));
        output.line("  request " + request.id() + " of " + request.source() + ", " + request.topic() + "-"
                + request.partition() + "@" + request.offset());
        output.line("  " + Words.count(result.attempts(), "attempt") + " by worker " + result.worker());
        result.databases().forEach(this::database);
        if (result.error() != null) {
            output.line(Colour.BAD, "  " + result.error().code().code() + ": " + ErrorText.of(result.error()));
            if (result.error().statement() != null) {
                output.line("  statement: " + result.error().statement());
            }
            output.line("  " + result.error().code().advice());
        }
    }

    private void database(DatabaseResult database) {
        output.line("  " + database.database() + ": " + database.outcome().wireName() + ", "
                + (database.from() == null ? "-" : database.from()) + " -> "
                + (database.to() == null ? "-" : database.to())
                + (database.applied().isEmpty() ? "" : ", applied " + String.join(", ", database.applied())) + ", "
                + Words.of(Duration.ofMillis(database.durationMs())));
    }

    private static Colour colour(Outcome outcome) {
        return switch (outcome) {
            case COMPLETED, UP_TO_DATE -> Colour.GOOD;
            case FAILED -> Colour.BAD;
            case SKIPPED, NOT_ATTEMPTED -> Colour.WAITING;
        };
    }
}

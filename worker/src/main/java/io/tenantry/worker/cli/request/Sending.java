package io.tenantry.worker.cli.request;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestType;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.contracts.TenantResult;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.TextTable;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.config.read.Durations;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.request.Answer;
import io.tenantry.worker.operator.request.Answers;
import io.tenantry.worker.operator.request.Requests;
import io.tenantry.worker.operator.request.SentRequest;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends requests of one type, and shows their ids or, after waiting, their answers. */
final class Sending {
    private static final int SHOWN = 10;

    private final RequestType type;
    private final Output output;
    private final Invocation invocation;
    private int succeeded;
    private int failed;

    Sending(Invocation invocation, RequestType type) {
        this.invocation = invocation;
        this.type = type;
        this.output = invocation.output();
    }

    /**
     * A request as JSON.
     *
     * @param tenant the tenant, or the shared database
     * @param request its id; null if it was not sent
     * @param outcome null if it was sent and nothing is waited for; {@code not-sent}, {@code dead-letter} and {@code open}
     *     beside those of results
     * @param code of a dead letter
     * @param deadLetter its place: topic/partition/offset
     */
    private record Line(
            String tenant,
            @Nullable String request,
            @Nullable String outcome,
            @Nullable TenantResult result,
            @Nullable String code,
            @Nullable String message,
            @Nullable String deadLetter) {
        static Line notSent(String tenant, String reason) {
            return new Line(tenant, null, "not-sent", null, null, reason, null);
        }

        static Line of(SentRequest request, @Nullable String outcome) {
            return new Line(request.key(), request.id(), outcome, null, null, null, null);
        }

        static Line of(Answer answer) {
            SentRequest request = answer.request();
            if (answer instanceof Answer.Dead dead) {
                String place = dead.topic() + "/" + dead.partition() + "/" + dead.offset();
                return new Line(request.key(), request.id(), "dead-letter", null, dead.code(), dead.message(), place);
            }
            TenantResult result = ((Answer.Result) answer).result();
            return new Line(request.key(), request.id(), result.outcome().wireName(), result, null, null, null);
        }
    }

    /** Sends and returns; the exit status. */
    int send(List<? extends TenantRequest> requests) throws OperationFailedException, InvalidSettingsException {
        Requests sender = new Requests(invocation.access().kafka());
        sender.require(List.of(type.event().topic().name(kafka().topicPrefix())));
        Requests.Report report = report(sender.send(type.event(), requests));
        if (output.isJson()) {
            report.sent().forEach(request -> output.json(Line.of(request, null)));
        } else if (!report.sent().isEmpty()) {
            TextTable table = new TextTable("TENANT", "REQUEST");
            report.sent().forEach(request -> table.row(request.key(), request.id()));
            output.table(table);
        }
        return report.refused().isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    /** Sends and waits; the exit status. */
    int sendAndWait(List<? extends TenantRequest> requests, Duration timeout)
            throws OperationFailedException, InvalidSettingsException {
        Requests sender = new Requests(invocation.access().kafka());
        Topic topic = type.event().topic();
        String prefix = kafka().topicPrefix();
        sender.require(List.of(topic.name(prefix), topic.deadLetterName(prefix), Topic.TENANT_RESULTS.name(prefix)));
        Interruption interruption = invocation.access().interruption();
        try (Answers answers = Answers.from(invocation.access().kafka(), topic)) {
            interruption.arm();
            Requests.Report report = report(sender.send(type.event(), requests));
            answers.expect(report.sent());
            output.note("sent: " + report.sent().size() + "; waiting for results up to " + Durations.format(timeout)
                    + " (Ctrl-C stops the waiting, not the requests)");
            long end = System.nanoTime() + timeout.toNanos();
            while (!answers.open().isEmpty() && System.nanoTime() - end < 0 && !interruption.isRequested()) {
                answers.poll().forEach(this::show);
            }
            answers.open().forEach(this::showOpen);
            int status = end(report, answers.open(), requests.get(0).tenant() != null);
            if (interruption.isRequested() && !answers.open().isEmpty()) {
                throw interruption.failure("the waiting was interrupted, and not the requests");
            }
            return status;
        }
    }

    private KafkaSettings kafka() throws InvalidSettingsException {
        return invocation.settings().kafka();
    }

    private Requests.Report report(Requests.Report report) {
        report.refused().forEach((tenant, reason) -> {
            output.note(
                    Colour.BAD,
                    "tenantry: the request for " + tenant + " could not be sent: " + reason
                            + "; send it again, which does no harm if it was sent");
            if (output.isJson()) {
                output.json(Line.notSent(tenant, reason));
            }
        });
        return report;
    }

    private void show(Answer answer) {
        boolean good = answer instanceof Answer.Result result
                && (result.result().outcome() == Outcome.COMPLETED
                        || result.result().outcome() == Outcome.UP_TO_DATE);
        if (good) {
            succeeded++;
        } else {
            failed++;
        }
        if (output.isJson()) {
            output.json(Line.of(answer));
        } else if (good) {
            output.line(AnswerText.of(answer));
        } else {
            output.line(Colour.BAD, AnswerText.of(answer));
        }
    }

    private void showOpen(SentRequest request) {
        if (output.isJson()) {
            output.json(Line.of(request, "open"));
        } else {
            output.line(Colour.WAITING, request.key() + ": no answer yet (request " + request.id() + ")");
        }
    }

    private int end(Requests.Report report, List<SentRequest> open, boolean ofTenants) {
        output.note(succeeded + " done, " + failed + " failed"
                + (report.refused().isEmpty() ? "" : ", " + report.refused().size() + " not sent")
                + (open.isEmpty() ? "" : ", " + open.size() + " without an answer"));
        if (!open.isEmpty()) {
            output.note("the open requests go on; look again with: "
                    + (ofTenants
                            ? String.join(
                                    ", ",
                                    open.stream()
                                            .limit(SHOWN)
                                            .map(request -> invocation.next().of("tenant " + request.key()))
                                            .toList())
                            : invocation.next().of("status"))
                    + (open.size() > SHOWN ? ", and so on" : ""));
        }
        return failed == 0 && open.isEmpty() && report.refused().isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
    }
}

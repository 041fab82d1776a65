package io.tenantry.worker.settle;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.request.Request;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs one line for each outcome: at INFO if the request changed something or failed, at DEBUG if all was up to date.
 * The calling thread has the {@link io.tenantry.worker.telemetry.LogFields} of the request.
 */
final class OutcomeLog {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeLog.class);
    /** Further versions are counted. The result has them all. */
    private static final int NAMED_VERSIONS = 5;
    /** In UTF-16 units; the result has the whole message. */
    private static final int LONGEST_REASON = 1000;

    private OutcomeLog() {}

    /** @param sinceReceived from its receipt to its outcome, waiting and retries included */
    static void log(Request request, TenantResult result, Duration sinceReceived) {
        if (result.outcome() == Outcome.UP_TO_DATE ? LOG.isDebugEnabled() : LOG.isInfoEnabled()) {
            String line = line(request, result, sinceReceived);
            if (result.outcome() == Outcome.UP_TO_DATE) {
                LOG.debug(line);
            } else {
                LOG.info(line);
            }
        }
    }

    private static String line(Request request, TenantResult result, Duration sinceReceived) {
        StringBuilder line = new StringBuilder(200)
                .append(request.data().type().noun())
                .append(" of ")
                .append(request.key())
                .append(": ")
                .append(result.outcome().wireName())
                .append(" after ")
                .append(sinceReceived.toMillis())
                .append(" ms");
        if (result.attempts() > 1) {
            line.append(" and ").append(result.attempts()).append(" attempts");
        }
        @Nullable ResultError error = result.error();
        if (error != null) {
            line.append(": ").append(error.code().code()).append(": ").append(reason(error));
        }
        for (DatabaseResult home : result.databases()) {
            line.append("; ").append(text(home));
        }
        return line.toString();
    }

    private static String text(DatabaseResult home) {
        String name = "database " + home.database() + " ";
        @Nullable ResultError error = home.error();
        return switch (home.outcome()) {
            case UP_TO_DATE -> name + "up-to-date at " + version(home.to());
            case NOT_ATTEMPTED -> name + "not attempted";
            case SKIPPED ->
                name + "skipped" + (error == null ? "" : ": " + error.code().code());
            case COMPLETED, FAILED ->
                name + home.outcome().wireName() + ", from " + version(home.from()) + " to " + version(home.to())
                        + (home.applied().isEmpty() ? "" : " by " + versions(home.applied())) + " in "
                        + home.durationMs() + " ms";
        };
    }

    private static String version(@Nullable String version) {
        return version == null ? "none" : version;
    }

    private static String versions(List<String> applied) {
        int more = applied.size() - NAMED_VERSIONS;
        return applied.stream().limit(NAMED_VERSIONS).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
    }

    /** On one line: messages of PostgreSQL and Flyway have several. */
    private static String reason(ResultError error) {
        String text = error.message()
                .lines()
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" | "));
        return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON) + "...";
    }
}

package io.tenantry.worker.cli.request;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.operator.request.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An answer in one line. */
final class AnswerText {
    private AnswerText() {}

    static String of(Answer answer) {
        if (answer instanceof Answer.Dead dead) {
            return dead.request().key() + ": dead letter (" + dead.code() + "): " + dead.message() + "; it is at "
                    + dead.topic() + "/" + dead.partition() + "/" + dead.offset();
        }
        TenantResult result = ((Answer.Result) answer).result();
        List<String> parts = new ArrayList<>();
        result.databases().forEach(database -> parts.add(of(database)));
        ResultError error = result.error();
        if (error != null && result.databases().stream().noneMatch(database -> error.equals(database.error()))) {
            parts.add(of(error));
        }
        return result.key() + ": " + result.outcome().wireName() + (parts.isEmpty() ? "" : ", ")
                + String.join("; ", parts);
    }

    private static String of(DatabaseResult database) {
        ResultError error = database.error();
        String versions = Objects.equals(database.from(), database.to())
                ? "at " + version(database.to())
                : version(database.from()) + " -> " + version(database.to());
        return switch (database.outcome()) {
            case COMPLETED, UP_TO_DATE -> database.database() + " " + versions;
            case FAILED, SKIPPED, NOT_ATTEMPTED ->
                database.database() + " " + database.outcome().wireName()
                        + (database.to() == null || database.outcome() == Outcome.NOT_ATTEMPTED ? "" : " " + versions)
                        + (error == null ? "" : ": " + of(error));
        };
    }

    private static String version(@Nullable String version) {
        return version == null ? "nothing" : version;
    }

    private static String of(ResultError error) {
        List<String> place = new ArrayList<>();
        place.add(error.code().code());
        if (error.migration() != null) {
            place.add(error.migration() + (error.line() == null ? "" : " line " + error.line()));
        }
        if (error.sqlState() != null) {
            place.add("SQLSTATE " + error.sqlState());
        }
        return error.message() + " (" + String.join(", ", place) + ")";
    }
}

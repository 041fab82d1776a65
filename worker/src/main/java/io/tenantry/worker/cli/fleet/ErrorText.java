package io.tenantry.worker.cli.fleet;

import io.tenantry.contracts.ResultError;
import java.util.ArrayList;
import java.util.List;

/** An error of a result in one line. */
final class ErrorText {
    private ErrorText() {}

    /** Where it was, and what the server said. */
    static String of(ResultError error) {
        List<String> where = new ArrayList<>();
        if (error.migration() != null) {
            where.add(error.migration() + (error.line() == null ? "" : ", line " + error.line()));
        }
        if (error.sqlState() != null) {
            where.add("SQLSTATE " + error.sqlState());
        }
        return (where.isEmpty() ? "" : String.join(", ", where) + ": ") + error.message();
    }
}

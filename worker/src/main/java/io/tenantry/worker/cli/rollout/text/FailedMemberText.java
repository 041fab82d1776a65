package io.tenantry.worker.cli.rollout.text;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.registry.rollout.FailedMember;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a tenant failed, for people. */
public final class FailedMemberText {
    /** How the driver begins PostgreSQL's messages. */
    private static final String SEVERITY = "ERROR: ";

    private FailedMemberText() {}

    /** In one line: the tenant, the code, in which database, script and line, and the first line of the reason. */
    public static String line(FailedMember failed) {
        return subject(failed) + ": " + failed.code() + " " + reason(failed);
    }

    private static String reason(FailedMember failed) {
        @Nullable ResultError error = failed.error();
        if (error == null) {
            return failed.dead()
                    ? "(its request became a dead letter; the command dead-letters list shows it)"
                    : "(its result is not in the ledger any more)";
        }
        String place = place(failed, error);
        return (place.isEmpty() ? "" : "in " + place + ": ") + firstLine(error);
    }

    /** The tenant, or the shared database. */
    public static String subject(FailedMember failed) {
        return failed.shared() ? "database " + failed.key() : failed.key();
    }

    private static String place(FailedMember failed, ResultError error) {
        List<String> place = new ArrayList<>();
        @Nullable String database = failed.database();
        if (database != null && !failed.shared()) {
            place.add(database);
        }
        if (error.migration() != null) {
            place.add(error.migration() + (error.line() == null ? "" : " line " + error.line()));
        }
        return String.join(", ", place);
    }

    /** Without the script, which the place has. */
    private static String firstLine(ResultError error) {
        String line = error.message()
                .lines()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("no message");
        return without(SEVERITY, without(error.migration() + " failed: ", line));
    }

    private static String without(String beginning, String text) {
        return text.startsWith(beginning) ? text.substring(beginning.length()) : text;
    }
}

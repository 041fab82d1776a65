package io.tenantry.worker.cli.request;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.Preview;
import io.tenantry.worker.engine.flyway.PendingScript;
import io.tenantry.worker.operator.home.HomePlan;
import io.tenantry.worker.postgres.home.TenantHome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A dry run as SQL: what is known beside the statements is in comments. */
final class PlanText {
    private static final Pattern COPY =
            Pattern.compile("^\\s*COPY\\b.*\\bFROM\\s+STDIN\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private PlanText() {}

    static final String HEAD = """
            -- Dry run: no request was sent, and nothing was written. Placeholders have the values of each home. Whether a
            -- script runs by a plan of the worker or by Flyway is the worker's to decide; the statements are the same. They run
            -- with the home's schema first in search_path, and each script adds its row to flyway_schema_history.
            """;

    /** Several lines. */
    static String of(HomePlan plan) {
        StringBuilder text =
                new StringBuilder("\n-- ").append(oneLine(place(plan))).append('\n');
        @Nullable ResultError error = plan.error();
        if (error != null) {
            return text.append(fails(error)).toString();
        }
        Preview preview = Objects.requireNonNull(plan.preview());
        if (preview instanceof Preview.Refused refused) {
            return text.append(fails(refused.error())).toString();
        }
        Preview.Scripts pending = (Preview.Scripts) preview;
        if (pending.scripts().isEmpty()) {
            return text.append("-- up to date: nothing would run").toString();
        }
        text.append("-- would run: ")
                .append(pending.scripts().size())
                .append(pending.scripts().size() == 1 ? " script" : " scripts");
        if (!pending.callbacks().isEmpty()) {
            text.append("; callbacks of Flyway run around them: ").append(String.join(", ", pending.callbacks()));
        }
        pending.scripts().forEach(script -> text.append("\n\n").append(of(script)));
        return text.toString();
    }

    private static String place(HomePlan plan) {
        @Nullable TenantHome home = plan.home();
        String owner = plan.tenant() == null ? "shared database" : "tenant " + plan.tenant() + ", database";
        if (home == null) {
            return plan.database() == null ? "tenant " + plan.tenant() : owner + " " + plan.database();
        }
        @Nullable Preview preview = plan.preview();
        String version = preview == null ? "" : ", version " + Objects.requireNonNullElse(preview.version(), "none");
        return owner + " " + home.database() + ": " + home.kind() + " " + home.location() + " at server "
                + home.server() + version;
    }

    private static String fails(ResultError error) {
        return "-- the request would fail (" + error.code().code() + "): " + oneLine(error.message());
    }

    private static String of(PendingScript script) {
        List<String> lines = new ArrayList<>();
        lines.add("-- " + script.script() + " ("
                + (script.version() == null ? "repeatable" : "version " + script.version()) + ", "
                + (script.inTransaction() ? "one transaction" : "outside a transaction") + ")");
        if (!script.sql()) {
            lines.add("-- a migration in Java: it has no SQL to show");
        }
        @Nullable String fault = script.fault();
        if (fault != null) {
            lines.add("-- it would fail: " + oneLine(fault));
        }
        script.statements().forEach(statement -> lines.add(ended(statement)));
        return String.join("\n", lines);
    }

    /** A comment at the end would swallow the semicolon. */
    private static String ended(String statement) {
        String bare = statement.stripTrailing();
        String last = bare.substring(bare.lastIndexOf('\n') + 1);
        return bare
                + (last.contains("--") ? "\n;" : ";")
                + (COPY.matcher(bare).matches() ? "\n-- (the rows that follow it are in the script)" : "");
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ");
    }
}

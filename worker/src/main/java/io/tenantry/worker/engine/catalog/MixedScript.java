package io.tenantry.worker.engine.catalog;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flywaydb.core.api.FlywayException;

/** A script with statements that run in a transaction, and others that cannot: Flyway refuses it and does not name it. */
public final class MixedScript {
    /** As Flyway 13 says it (ParserSqlScript). */
    private static final Pattern MESSAGE = Pattern.compile(
            "^Detected both transactional and non-transactional statements within the same migration.*?"
                    + "Offending statement found at line (\\d+): (.*)",
            Pattern.DOTALL);

    private static final int SHOWN = 40;

    private MixedScript() {}

    /** The error of a home that came to such a script; empty if it is another failure, or the script is not known. */
    public static Optional<ResultError> error(MigrationCatalog catalog, FlywayException failure) {
        Matcher message = MESSAGE.matcher(String.valueOf(failure.getMessage()));
        if (!message.matches()) {
            return Optional.empty();
        }
        int line = Integer.parseInt(message.group(1));
        String statement = message.group(2).lines().findFirst().orElse("").strip();
        return catalog.migrations().stream()
                .map(Migration::script)
                .filter(catalog.unreadable()::contains)
                .filter(script -> hasAt(catalog.scripts().text(script), line, statement))
                .findFirst()
                .map(script -> new ResultError(
                        ErrorCode.MIGRATION_FAILED,
                        script
                                + " failed: Flyway runs a script in a transaction or outside one, and this one has both: "
                                + begin(statement) + " needs a script of its own",
                        null,
                        script,
                        line,
                        statement));
    }

    /** Placeholders may be replaced in the statement, so its beginning must do. */
    private static boolean hasAt(String text, int line, String statement) {
        String first = statement.split("\\s+", 2)[0];
        return text.lines().skip(line - 1L).limit(1).anyMatch(found -> found.contains(first));
    }

    private static String begin(String statement) {
        return statement.length() <= SHOWN ? statement : statement.substring(0, SHOWN) + "…";
    }
}

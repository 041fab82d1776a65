package io.tenantry.worker.engine.catalog;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flywaydb.core.api.FlywayException;

/**
 * A script that Flyway's parser refuses.
 *
 * @param file its name without folders
 * @param line where the statement begins that the parser was at
 * @param reason what the parser says, in one line
 */
public record UnreadableScript(String file, int line, String reason) {
    private static final int LONGEST_SHOWN = 300;

    /** As Flyway 13 says it (Parser); the link to its help is in the middle. */
    private static final Pattern MESSAGE = Pattern.compile(
            "^Unable to parse statement in (.*?) at line (\\d+) col \\d+\\. See \\S+ for more information\\.(.*)",
            Pattern.DOTALL);

    /** Empty if it is another failure. */
    public static Optional<UnreadableScript> of(Throwable failure) {
        Matcher message = MESSAGE.matcher(String.valueOf(failure.getMessage()));
        return message.matches()
                ? Optional.of(new UnreadableScript(
                        message.group(1), Integer.parseInt(message.group(2)), inOneLine(message.group(3))))
                : Optional.empty();
    }

    /** The error of a home that came to such a script; empty if it is another failure. */
    public static Optional<ResultError> error(MigrationCatalog catalog, FlywayException failure) {
        return of(failure).map(script -> {
            String name = catalog.migrations().stream()
                    .map(Migration::script)
                    .filter(path -> path.equals(script.file) || path.endsWith("/" + script.file))
                    .findFirst()
                    .orElse(script.file);
            return new ResultError(
                    ErrorCode.MIGRATION_FAILED,
                    name + " failed: Flyway cannot read it: " + script.reason,
                    null,
                    name,
                    script.line,
                    null);
        });
    }

    static String inOneLine(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "...";
    }
}

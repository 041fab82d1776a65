package io.tenantry.contracts;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a request, or one database of it, failed or was skipped. U+0000 and halves of surrogate pairs, which neither
 * PostgreSQL nor UTF-8 can hold, are dropped from all texts.
 *
 * @param sqlState the five characters of PostgreSQL; null if the error did not come from there
 * @param migration the version or the file of the migration; null if no migration was running
 * @param line in the migration's file, from 1; null if not known
 * @param statement the first 200 characters of the SQL statement; null if not known
 */
public record ResultError(
        ErrorCode code,
        String message,
        @Nullable String sqlState,
        @Nullable String migration,
        @Nullable Integer line,
        @Nullable String statement) {

    /** In UTF-16 units. */
    public static final int MAX_STATEMENT_LENGTH = 200;

    /** In UTF-16 units. */
    public static final int MAX_MESSAGE_LENGTH = 4000;

    public ResultError {
        Objects.requireNonNull(code, "error.code is missing");
        Objects.requireNonNull(message, "error.message is missing");
        message = Excerpt.cut(clean(message), MAX_MESSAGE_LENGTH);
        sqlState = sqlState == null ? null : clean(sqlState);
        migration = migration == null ? null : clean(migration);
        statement = statement == null ? null : Excerpt.cut(clean(statement), MAX_STATEMENT_LENGTH);
    }

    /** An error of which nothing but this is known. */
    public static ResultError of(ErrorCode code, String message) {
        return new ResultError(code, message, null, null, null, null);
    }

    private static String clean(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints()
                .filter(c -> c != 0 && !(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE))
                .forEach(kept::appendCodePoint);
        return kept.toString();
    }
}

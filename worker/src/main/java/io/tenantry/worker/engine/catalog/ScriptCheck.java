package io.tenantry.worker.engine.catalog;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the reasons against a plan that a script's text shows, without running the script. */
public final class ScriptCheck {
    /** Matches the placeholders whose values only Flyway knows. */
    private static final Pattern FLYWAY_PLACEHOLDER =
            Pattern.compile("\\$\\{flyway:(?!defaultSchema})", Pattern.CASE_INSENSITIVE);

    private static final Pattern COPY_FROM_CLIENT =
            Pattern.compile("^COPY\\b.*\\bFROM\\s+STDIN\\b", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern TRANSACTION = Pattern.compile(
            "^(BEGIN|START\\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE\\s+TRANSACTION)\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern SAVEPOINT = Pattern.compile(
            "^(SAVEPOINT|RELEASE|ROLLBACK\\s+((WORK|TRANSACTION)\\s+)?TO)\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern NEVER_IN_TRANSACTION = Pattern.compile(
            "^(VACUUM|REINDEX(?=[^;]*\\bCONCURRENTLY\\b|\\s*(\\([^)]*\\))?\\s*(SCHEMA|DATABASE|SYSTEM)\\b)|ALTER\\s+SYSTEM"
                    + "|DISCARD\\s+ALL|(CREATE|DROP)\\s+(DATABASE|TABLESPACE|SUBSCRIPTION))\\b",
            Pattern.CASE_INSENSITIVE);

    /** PostgreSQL does not list settings with a dot in their names, so only the text shows that they are set. */
    private static final Pattern OWN_SETTING = Pattern.compile(
            "\\bSET\\s+(?!LOCAL\\b)(SESSION\\s+)?\"?\\w+\"?\\.|\\bset_config\\s*\\([^;]*\\bfalse\\b",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final String GAP = "(?:\\s|--[^\\n]*\\n|/\\*.*?\\*/)";

    /**
     * Matches what a reset of the session does not undo: a custom setting, which the session knows until it ends, even if it
     * was set for one transaction; its name may be put together in dynamic SQL. Also DEALLOCATE, which may drop statements
     * that the driver has prepared.
     */
    private static final Pattern UNRESETTABLE = Pattern.compile(
            "\\bSET" + GAP + "+(?:(?:LOCAL|SESSION)" + GAP + "+)?(?:\"?\\w+\"?" + GAP + "*\\.|%|'" + GAP + "*\\|\\|)"
                    + "|\\bset_config\\b(?!" + GAP + "*\\(" + GAP + "*'[^'.]*'" + GAP + "*,)|\\bDEALLOCATE\\b",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Matches settings that change how PostgreSQL parses the next statements. A plan is parsed as one text before it runs. */
    private static final Pattern READING =
            Pattern.compile("\\b(standard_conforming_strings|backslash_quote)\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern FOR_TRANSACTION = Pattern.compile(
            "\\bSET\\s+(LOCAL|CONSTRAINTS|TRANSACTION)\\b|\\bset_config\\b|\\bON\\s+COMMIT\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern DEFINES =
            Pattern.compile("^(CREATE|ALTER|DROP|COMMENT|GRANT|REVOKE|SET)\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern DEFINES_BY_ROWS =
            Pattern.compile("\\bAS\\s*\\(?\\s*(SELECT|WITH|VALUES|TABLE|EXECUTE)\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern VIEW = Pattern.compile(
            "^CREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:TEMP\\w*\\s+)?(?:RECURSIVE\\s+)?VIEW\\b|^CREATE\\s+(?:OR\\s+REPLACE\\s+)?(FUNCTION|PROCEDURE)\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern NOTIFICATION =
            Pattern.compile("\\bNOTIFY\\s+[\\w\"]|\\bpg_notify\\s*\\(", Pattern.CASE_INSENSITIVE);

    private static final Pattern COMMENT =
            Pattern.compile("\\A(?:\\s+|--[^\\n]*(?:\\n|\\z)|/\\*(?:[^*/]|\\*(?!/)|/(?!\\*))*\\*/)+");

    private ScriptCheck() {}

    /**
     * Why Flyway must apply the script; empty if nothing speaks against a plan.
     *
     * @param text of the file
     * @param statements that Flyway finds in the file; null if Flyway did not read it
     * @param configured whether the script has a configuration file
     */
    public static Optional<String> reason(
            Migration migration,
            String text,
            @Nullable List<String> statements,
            boolean isOutsideTransaction,
            boolean configured) {
        if (!migration.type().startsWith("SQL")) {
            return Optional.of("it is a migration in Java");
        }
        if (configured) {
            return Optional.of("it has a configuration file of its own");
        }
        if (FLYWAY_PLACEHOLDER.matcher(text).find()) {
            return Optional.of("it has a placeholder that only Flyway can replace");
        }
        if (isOutsideTransaction) {
            return Optional.of("it runs outside a transaction");
        }
        return statements == null
                ? Optional.of("Flyway did not read it")
                : statements.stream()
                        .map(ScriptCheck::reason)
                        .flatMap(Optional::stream)
                        .findFirst();
    }

    /**
     * Why a script that Flyway runs outside a transaction cannot run in one; empty if nothing speaks against it.
     *
     * @param inTransaction the statements of the script, as they would run in a transaction
     */
    public static Optional<String> reason(
            Migration migration, String text, List<String> inTransaction, boolean configured) {
        return !migration.type().startsWith("SQL")
                        || configured
                        || FLYWAY_PLACEHOLDER.matcher(text).find()
                ? Optional.of("it runs outside a transaction")
                : inTransaction.stream()
                        .map(ScriptCheck::reason)
                        .flatMap(Optional::stream)
                        .findFirst();
    }

    /** Whether a statement sets something for its transaction, which another script in the same transaction would see. */
    public static boolean setsForItsTransaction(String statement) {
        return FOR_TRANSACTION.matcher(statement).find();
    }

    /** Returns the statement from its first word on. */
    public static String withoutComments(String statement) {
        return COMMENT.matcher(statement).replaceFirst("");
    }

    /**
     * Whether a statement without comments meets no rows: it fires no trigger of a row, and runs only functions that it
     * names.
     */
    public static boolean onlyDefines(String statement) {
        if (statement.isBlank()) {
            return true;
        }
        return DEFINES.matcher(statement).find()
                && (VIEW.matcher(statement).find()
                        || !DEFINES_BY_ROWS.matcher(statement).find());
    }

    /** Whether a statement without comments takes rows from the client. */
    public static boolean isCopyFromClient(String bare) {
        return COPY_FROM_CLIENT.matcher(bare).find();
    }

    /** Whether a statement without comments cannot be run as it is within a transaction. */
    public static boolean isOnlyForFlyway(String bare) {
        return isCopyFromClient(bare)
                || TRANSACTION.matcher(bare).find()
                || NEVER_IN_TRANSACTION.matcher(bare).find();
    }

    /** Whether a statement ends the transaction, or cannot run in one. */
    public static boolean leavesTransaction(String statement) {
        return parts(statement)
                .anyMatch(part -> TRANSACTION.matcher(part).find()
                        || NEVER_IN_TRANSACTION.matcher(part).find());
    }

    /** Whether a statement begins or ends a transaction. */
    public static boolean controlsTransaction(String statement) {
        return parts(statement).anyMatch(part -> TRANSACTION.matcher(part).find());
    }

    /** The same without savepoints, which end no transaction. */
    public static boolean endsTransaction(String statement) {
        return parts(statement)
                .anyMatch(part -> TRANSACTION.matcher(part).find()
                        && !SAVEPOINT.matcher(part).find());
    }

    /** Whether a statement may notify other sessions, which happens at the commit. */
    public static boolean notifies(String statement) {
        return NOTIFICATION.matcher(SqlStatements.withoutComments(statement)).find();
    }

    /** The statements that PostgreSQL finds, without leading comments. Flyway may take several statements for one. */
    private static Stream<String> parts(String statement) {
        String bare = withoutComments(statement);
        return isCopyFromClient(bare)
                ? Stream.of(bare)
                : SqlStatements.of(statement).stream().map(ScriptCheck::withoutComments);
    }

    /** Whether a statement, or a function that it makes, may set a setting that PostgreSQL does not list. */
    static boolean leavesSetting(String statement) {
        return OWN_SETTING.matcher(statement).find();
    }

    /**
     * Whether the session must be closed after the script, because it cannot be reset.
     *
     * @param text of the file
     */
    public static boolean requiresNewSession(String text) {
        return UNRESETTABLE.matcher(text).find();
    }

    /** The pattern of {@link #requiresNewSession} as a regular expression of PostgreSQL that ignores case. */
    static String unresettableInPostgres() {
        return UNRESETTABLE.pattern().replace("\\b", "\\y");
    }

    private static Optional<String> reason(String statement) {
        String bare = withoutComments(statement);
        if (isCopyFromClient(bare)) {
            return Optional.of("it has COPY FROM STDIN");
        }
        if (controlsTransaction(statement)) {
            return Optional.of("it begins or ends a transaction itself");
        }
        if (READING.matcher(bare).find()) {
            return Optional.of("it changes how PostgreSQL parses the statements that follow");
        }
        return leavesSetting(bare) ? Optional.of("it changes a setting of the whole session") : Optional.empty();
    }
}

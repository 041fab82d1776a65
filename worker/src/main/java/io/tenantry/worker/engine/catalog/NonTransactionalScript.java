package io.tenantry.worker.engine.catalog;

import io.tenantry.worker.postgres.home.TenantHome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A script that Flyway runs outside a transaction, as CREATE INDEX CONCURRENTLY requires. If it fails, its earlier
 * statements stay applied.
 *
 * @param statements with the names of the scratch home in them
 */
public record NonTransactionalScript(String script, List<String> statements, PlannedScript.Names names) {
    private static final Pattern CREATE_INDEX = Pattern.compile(
            "^CREATE\\s+(?:UNIQUE\\s+)?INDEX\\s+CONCURRENTLY\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(?:\"((?:[^\"]|\"\")+)\"|([\\w$]+))\\s+ON\\b",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern AGAIN = Pattern.compile(
            "^(VACUUM|ANALYZE|REINDEX|ALTER\\s+SYSTEM|SET|SELECT|COMMENT)\\b|\\bIF\\s+(NOT\\s+)?EXISTS\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern UNNAMED =
            Pattern.compile("^CREATE\\s+(UNIQUE\\s+)?INDEX\\s+CONCURRENTLY\\s+ON\\b", Pattern.CASE_INSENSITIVE);

    private static final String GAP = "(?:\\s|--[^\\n]*\\n|/\\*(?:[^*]|\\*(?!/))*\\*/)+";
    private static final Pattern CONCURRENTLY = Pattern.compile(
            "^(CREATE" + GAP + "(?:UNIQUE" + GAP + ")?INDEX|DROP" + GAP + "INDEX|REINDEX" + GAP
                    + "(?:\\([^)]*\\)\\s*)?(?:INDEX|TABLE))" + GAP + "CONCURRENTLY\\b",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern REINDEX_CONCURRENTLY =
            Pattern.compile("^REINDEX\\s*\\(\\s*CONCURRENTLY(?:\\s+(?:TRUE|ON|1))?\\s*\\)", Pattern.CASE_INSENSITIVE);

    /** VACUUM without FULL, and what waits for transactions to end while it holds no lock that readers or writers need. */
    private static final Pattern BLOCKS_NOBODY = Pattern.compile(
            "^((CREATE" + GAP + "(UNIQUE" + GAP + ")?|DROP" + GAP + ")INDEX" + GAP
                    + "CONCURRENTLY|REINDEX\\b[^;]*\\bCONCURRENTLY"
                    + "|(VACUUM|ANALYZE)(?!" + GAP + "FULL|\\s*\\([^)]*\\bFULL)"
                    + "|ALTER" + GAP + "TABLE\\b[^;]*\\bDETACH" + GAP + "PARTITION\\b[^;]*\\bCONCURRENTLY)\\b",
            Pattern.CASE_INSENSITIVE);

    public NonTransactionalScript {
        statements = List.copyOf(statements);
    }

    /**
     * The same statements without CONCURRENTLY, so that they can run in a transaction; empty if they cannot. Whether they then
     * leave the same must be tried.
     */
    public Optional<List<String>> inTransaction() {
        List<String> inside = new ArrayList<>();
        boolean found = false;
        for (String statement : statements) {
            String bare = ScriptCheck.withoutComments(statement);
            String without = REINDEX_CONCURRENTLY
                    .matcher(CONCURRENTLY.matcher(bare).replaceFirst("$1"))
                    .replaceFirst("REINDEX");
            boolean changed = !without.equals(bare);
            if (!changed && ScriptCheck.isOnlyForFlyway(bare)) {
                return Optional.empty();
            }
            found |= changed;
            inside.add(without);
        }
        return found ? Optional.of(inside) : Optional.empty();
    }

    /** Whether nobody has to wait behind a statement that waits for its locks. */
    public static boolean blocksNobody(String statement) {
        return BLOCKS_NOBODY.matcher(ScriptCheck.withoutComments(statement)).find();
    }

    /** Whether it can be begun again after it failed anywhere, once {@link #indexesIn} that are invalid are dropped. */
    public boolean canRunAgain() {
        return statements.size() <= 1
                || statements.stream()
                        .allMatch(statement -> AGAIN.matcher(ScriptCheck.withoutComments(statement))
                                .find());
    }

    /**
     * Whether it makes an index without a name, so that a try that is broken off may leave an invalid index that
     * {@link #indexesIn} does not know. A REINDEX names what it makes again.
     */
    public boolean leavesUnknownIndexes() {
        return statements.stream()
                .anyMatch(statement ->
                        UNNAMED.matcher(ScriptCheck.withoutComments(statement)).find());
    }

    /** The names of the indexes that it makes, as they are called in this home. */
    public List<String> indexesIn(TenantHome home) {
        List<String> indexes = new ArrayList<>();
        for (String statement : statements) {
            Matcher index = CREATE_INDEX.matcher(ScriptCheck.withoutComments(statement));
            if (index.find()) {
                String name = index.group(1) == null
                        ? index.group(2).toLowerCase(Locale.ROOT)
                        : index.group(1).replace("\"\"", "\"");
                indexes.add(names.replace(name, home));
            }
        }
        return indexes;
    }

    /** What to do about one that cannot be begun again. */
    public String advice(TenantHome home) {
        return "it runs outside a transaction, so what its first statements did stays: finish or undo it by hand, delete its"
                + " failed row (success = false) from " + FlywayEngine.HISTORY_TABLE + " in schema " + home.schema()
                + ", and publish the request again; a script of a single statement needs no such care";
    }
}

package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.engine.catalog.SqlStatements;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds what scripts do outside the schema of a tenant. Runs them in a transaction that is rolled back. If a script
 * fails there because of the others, it is run again on a home at the version before it. For use by one thread.
 */
final class SchemaBoundaryCheck {
    private static final Pattern INDEX_CONCURRENTLY =
            Pattern.compile("^((?:CREATE|DROP)\\s+(?:UNIQUE\\s+)?INDEX)\\s+CONCURRENTLY\\b", Pattern.CASE_INSENSITIVE);

    private static final String IDENTIFIER = "(?:\"(?:[^\"]|\"\")+\"|[\\w$]+)";
    private static final Pattern COPIED_TABLE = Pattern.compile(
            "^COPY\\s+(" + IDENTIFIER + "(?:\\s*\\.\\s*" + IDENTIFIER + ")?)", Pattern.CASE_INSENSITIVE);

    private static final Pattern INSERT = Pattern.compile("^INSERT\\b", Pattern.CASE_INSENSITIVE);

    private final Scratch scratch;
    private final Map<String, List<String>> statements;
    private final Set<String> outside;
    private final Set<String> allow;
    private final DatabaseSideEffects database;
    private final SharedSequences sequences;
    private final Map<String, String> untried = new HashMap<>();
    private final Map<String, String> untriedWithRows = new HashMap<>();
    private final Set<String> unchecked = new TreeSet<>();
    private final Map<String, Set<String>> found = new LinkedHashMap<>();
    private final Map<String, Set<String>> ofTenant = new HashMap<>();
    private final Set<String> triggering = new HashSet<>();
    private final Set<String> dropping = new TreeSet<>();
    private final Set<String> commenting = new TreeSet<>();

    /**
     * @param statements of each script, by the name of the file
     * @param outside scripts that Flyway runs outside a transaction
     * @param allow scripts that may reach outside the schema
     */
    SchemaBoundaryCheck(Scratch scratch, Map<String, List<String>> statements, Set<String> outside, Set<String> allow) {
        this.scratch = scratch;
        this.statements = statements;
        this.outside = outside;
        this.allow = allow;
        this.database = new DatabaseSideEffects(scratch);
        this.sequences =
                new SharedSequences(scratch.connection(), scratch.home().schema());
        statements.forEach((script, ofScript) -> ofScript.stream()
                .map(IrreversibleStatements::in)
                .flatMap(Optional::stream)
                .findFirst()
                .ifPresent(words -> untried.put(script, irrevocable(words))));
    }

    private static String irrevocable(String words) {
        return "no rollback undoes what it does (" + words + "), so it was not tried";
    }

    /** Lets trials end before these scripts. */
    void leaveOut(ExcludedScripts scripts) {
        scripts.scripts().forEach(untried::putIfAbsent);
        untriedWithRows.putAll(scripts.withRows());
    }

    /** What each script has made or changed that is not the tenant's. */
    Map<String, Set<String>> found() {
        return found;
    }

    /** Scripts that drop or rename the schema that they run in. */
    Set<String> dropping() {
        return dropping;
    }

    /** Scripts that set the comment of the schema, which is the tenant's mark. */
    Set<String> commenting() {
        return commenting;
    }

    /** Whether nothing is known of the script. */
    boolean isUnchecked(Migration migration) {
        return unchecked.contains(migration.script());
    }

    /** Whether a script was found with which nobody may start. */
    boolean refuses() {
        return !dropping.isEmpty() || !allow.containsAll(found.keySet());
    }

    /** Whether event triggers answer to what scripts do. */
    boolean hasEventTriggers() {
        return database.hasEventTriggers();
    }

    /**
     * Why the trial ends before the script; empty if it goes on.
     *
     * @param held whether it goes on in a transaction that is rolled back, whatever the script is
     */
    Optional<String> whyEnd(Migration migration, boolean held) {
        String script = migration.script();
        if (untried.containsKey(script)) {
            return Optional.of(untried.get(script));
        }
        boolean rolledBack = held || mustBeRolledBack(migration);
        return rolledBack && (outside.contains(script) || has(script, ScriptCheck::leavesTransaction))
                ? Optional.of("it cannot run in the one transaction in which all is tried and rolled back since "
                        + (database.hasEventTriggers()
                                ? "the database has event triggers"
                                : "it or a script before it leaves something outside the schema"))
                : Optional.empty();
    }

    /** Why the trial with sample rows ends before the script; empty if it goes on as far as this is concerned. */
    Optional<String> whyEndWithRows(Migration migration) {
        return Optional.ofNullable(untriedWithRows.get(migration.script()));
    }

    private boolean has(String script, Predicate<String> what) {
        return statements.getOrDefault(script, List.of()).stream().anyMatch(what);
    }

    /** Why a trial cannot show that a plan does the same; empty if it can. */
    Optional<String> whyWithoutPlan(Migration migration) {
        Set<String> outside = new TreeSet<>(found.getOrDefault(migration.script(), Set.of()));
        outside.addAll(ofTenant.getOrDefault(migration.script(), Set.of()));
        return outside.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "it cannot be tried out but in a transaction that is rolled back, since it makes or changes "
                                + String.join(", ", outside));
    }

    /** Whether a trial of the script must never be committed. */
    boolean mustBeRolledBack(Migration migration) {
        return database.hasEventTriggers()
                || triggering.contains(migration.script())
                || isUnchecked(migration)
                || whyWithoutPlan(migration).isPresent()
                || has(migration.script(), ScriptCheck::notifies);
    }

    /** Tries all in one transaction; the scratch home must not be there. */
    void tryAll(List<Migration> path) throws SQLException {
        unchecked.clear();
        sequences.begin();
        ForeignChanges outside;
        scratch.begin();
        try {
            scratch.create();
            database.probe();
            path.forEach(migration -> unchecked.add(migration.script()));
            for (Migration migration : path) {
                if (scratch.blocksOthers()) {
                    // The rest is tried one by one.
                    break;
                }
                if (run(migration)) {
                    unchecked.remove(migration.script());
                }
            }
            outside = outside();
        } finally {
            scratch.undo();
        }
        Set<ForeignChanges.Item> items = resolve(outside);
        if (!database.isOrdinary(items, text(path))) {
            blame(path);
        }
    }

    /** One of them did it: after which one is there more than before? */
    private void blame(List<Migration> path) throws SQLException {
        Map<Migration, ForeignChanges> outside = new LinkedHashMap<>();
        sequences.begin();
        scratch.begin();
        try {
            scratch.create();
            for (Migration migration : path) {
                if (scratch.blocksOthers()) {
                    unchecked.add(migration.script());
                } else {
                    run(migration);
                    outside.put(migration, outside());
                }
            }
        } finally {
            scratch.undo();
        }
        ForeignChanges before = ForeignChanges.NONE;
        List<Migration> until = new ArrayList<>();
        for (Map.Entry<Migration, ForeignChanges> script : outside.entrySet()) {
            until.add(script.getKey());
            blame(script.getKey(), script.getValue(), before, until);
            before = script.getValue();
        }
    }

    /**
     * Says which things a script did, and which the database. A thing that was done before counts if the script does it
     * again: an allowed script before it hides nothing.
     *
     * @param until the script, and those before it: they may have made functions that it calls
     */
    private void blame(Migration migration, ForeignChanges now, ForeignChanges before, List<Migration> until)
            throws SQLException {
        Set<ForeignChanges.Item> all = resolve(now);
        if (all.isEmpty()) {
            return;
        }
        Set<ForeignChanges.Item> more = resolve(now.without(before));
        String own = text(List.of(migration));
        String text = text(until);
        for (ForeignChanges.Item item : all) {
            if (isDoneBy(item, more.contains(item), own, text)) {
                (item.ofTenant() ? ofTenant : found)
                        .computeIfAbsent(migration.script(), script -> new TreeSet<>())
                        .add(item.name());
            } else if (more.contains(item)) {
                triggering.add(migration.script());
            }
        }
    }

    private boolean isDoneBy(ForeignChanges.Item item, boolean more, String own, String text) throws SQLException {
        if (!database.mayDo(item, text)) {
            return more || (!item.ofTenant() && DatabaseSideEffects.isWritten(item, own));
        }
        return DatabaseSideEffects.isTarget(item, own) || (more && DatabaseSideEffects.isTarget(item, text));
    }

    /**
     * Tries the last one on the scratch home as it is.
     *
     * @param until the script, and those before it
     */
    void tryOne(List<Migration> until) throws SQLException {
        Migration migration = until.get(until.size() - 1);
        // What a sequence gives out, no rollback takes back.
        String numbers = String.join(
                "; ",
                scratch.ask("SELECT format('SELECT setval(%L::regclass, %s, %L)', format('%I.%I', schemaname,"
                        + " sequencename), coalesce(last_value, start_value), last_value IS NOT NULL) FROM pg_sequences WHERE"
                        + " schemaname = " + Identifiers.literal(scratch.home().schema())));
        ForeignChanges before;
        ForeignChanges outside;
        scratch.begin();
        try {
            before = scratch.isHeld() ? outside() : ForeignChanges.NONE;
            if (run(migration)) {
                unchecked.remove(migration.script());
            }
            outside = outside();
        } finally {
            scratch.undo();
            scratch.execute(numbers);
        }
        blame(migration, outside, before, until);
    }

    /** Returns false if it fails, and is undone. */
    private boolean run(Migration migration) throws SQLException {
        String script = migration.script();
        List<String> ofScript = statements.get(script);
        if (ofScript == null || untried.containsKey(script)) {
            return true;
        }
        scratch.execute("SAVEPOINT before");
        scratch.beginScript();
        sequences.forget();
        String home = scratch.state();
        ReceiveLimit limit = scratch.session().limit();
        try (limit;
                Statement statement = scratch.connection().createStatement()) {
            statement.setEscapeProcessing(false);
            for (String sql : ofScript) {
                if (!execute(statement, script, sql)) {
                    scratch.execute("ROLLBACK TO before; RELEASE before");
                    return true;
                }
            }
        } catch (SQLException failure) {
            if (limit.isStopped()) {
                throw scratch.broken(migration.script(), limit, failure);
            }
            scratch.execute("ROLLBACK TO before; RELEASE before");
            return false;
        }
        judgeHome(script, home, scratch.state());
        scratch.execute("RELEASE before");
        return true;
    }

    private void judgeHome(String script, String before, String after) throws SQLException {
        if (after.isEmpty() || !after.split("\n", 2)[0].equals(before.split("\n", 2)[0])) {
            dropping.add(script);
            scratch.execute("ROLLBACK TO before");
        } else if (!after.equals(before)) {
            commenting.add(script);
            scratch.mark();
        }
    }

    /** Returns false if the script must not go on, since no rollback would undo what comes. */
    private boolean execute(Statement statement, String script, String sql) throws SQLException {
        if (ScriptCheck.isCopyFromClient(ScriptCheck.withoutComments(sql))) {
            return execute(statement, script, sql, ScriptCheck.withoutComments(sql));
        }
        for (String one : SqlStatements.of(sql)) {
            if (!execute(statement, script, one, ScriptCheck.withoutComments(one))) {
                return false;
            }
        }
        return true;
    }

    /** There are no rows here for a COPY: the lock that it takes tells as much. */
    private boolean execute(Statement statement, String script, String sql, String bare) throws SQLException {
        Optional<String> sequence = sequences.drawnBy(sql);
        if (sequence.isPresent()) {
            untried.put(script, irrevocable("a number of sequence " + sequence.get()));
            return false;
        }
        Matcher copied = COPIED_TABLE.matcher(bare);
        if (ScriptCheck.isCopyFromClient(bare) && copied.find()) {
            statement.execute("LOCK TABLE " + copied.group(1) + " IN ROW EXCLUSIVE MODE");
        } else if (!ScriptCheck.isOnlyForFlyway(bare)) {
            Matcher index = INDEX_CONCURRENTLY.matcher(
                    SqlStatements.withoutComments(bare).strip());
            statement.execute(index.find() ? index.replaceFirst("$1") : bare);
        }
        if (!INSERT.matcher(bare).find()) {
            sequences.forget();
        }
        return true;
    }

    private ForeignChanges outside() throws SQLException {
        return ForeignChanges.of(scratch.connection(), scratch.home().schema());
    }

    private Set<ForeignChanges.Item> resolve(ForeignChanges outside) throws SQLException {
        return outside.resolve(scratch.connection(), scratch.home().schema());
    }

    private String text(List<Migration> scripts) {
        return scripts.stream()
                .flatMap(migration -> statements.getOrDefault(migration.script(), List.of()).stream())
                .map(SqlStatements::withoutComments)
                .collect(Collectors.joining(";\n"));
    }
}

package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Translates what the trials of a start find into the findings of a rehearsal. Immutable. */
final class TrialFindings {
    /** active_sql_transaction: a statement cannot run inside a transaction block. */
    private static final String OUTSIDE_ONLY = "25001";
    /** query_canceled. */
    private static final String CANCELED = "57014";

    /** Ends with the tenant's database, or is seen by it alone. */
    private static final Pattern OF_ONE_DATABASE =
            Pattern.compile("settings of the database|comment on a database|database ");

    /** There is no IF NOT EXISTS for these. */
    private static final Pattern ONCE_A_SERVER =
            Pattern.compile("^CREATE\\s+(ROLE|USER(?!\\s+MAPPING)|GROUP|TABLESPACE)\\b", Pattern.CASE_INSENSITIVE);

    private final String database;
    private final RehearsalFindings findings;

    /** @param database its name in the configuration */
    TrialFindings(String database, RehearsalFindings findings) {
        this.database = database;
        this.findings = findings;
    }

    void warning(VerificationWarning warning) {
        if (warning instanceof VerificationWarning.ScriptFails fails) {
            findings.add(failure("from-empty", fails.error(), "it fails for each new tenant: correct it"));
        } else if (warning instanceof VerificationWarning.ReachesOutside reaches) {
            findings.add(Finding.warning("leaves-schema", reaches.script(), null, about(reaches.script(), warning)));
        } else if (warning instanceof VerificationWarning.ReplacesMark replaces) {
            findings.add(Finding.warning("replaces-mark", replaces.script(), null, about(replaces.script(), warning)));
        } else {
            findings.add(Finding.warning("not-tried", null, null, warning.sentence(database)));
        }
    }

    private String about(String script, VerificationWarning warning) {
        return withoutName(script, warning.sentence(database));
    }

    /** A finding names its script already. */
    private static String withoutName(@Nullable String script, String sentence) {
        return script != null && sentence.startsWith(script + " ")
                ? "it" + sentence.substring(script.length())
                : sentence;
    }

    static Finding failure(String check, ResultError error, String consequence) {
        String state = error.sqlState() == null ? "" : " (" + error.sqlState() + ")";
        String message = withoutName(error.migration(), error.message());
        if (isTimeout(error.sqlState())) {
            return Finding.warning(
                    "not-tried",
                    error.migration(),
                    error.line(),
                    message + state
                            + "; a statement took longer than verify waits, or than a statement_timeout that the script"
                            + " sets: try it on a copy of a tenant's home");
        }
        String advice = OUTSIDE_ONLY.equals(error.sqlState())
                ? "; Flyway does not see that it must run outside a transaction: put it into a script of its own, with"
                        + " executeInTransaction=false in the file " + error.migration() + ".conf"
                : "";
        return Finding.error(check, error.migration(), error.line(), message + state + "; " + consequence + advice);
    }

    /** Whether a statement ended because it took too long, which is no fault of its script. A stop ends the trial itself. */
    static boolean isTimeout(@Nullable String sqlState) {
        return CANCELED.equals(sqlState);
    }

    /** What a worker would not start with. */
    void boundary(BoundaryFindings boundary) {
        boundary.dropping()
                .forEach(script -> findings.add(Finding.error(
                        "drops-schema",
                        script,
                        null,
                        "it drops or renames the tenant's schema, which holds the history and the mark of the tenant, so that it fails"
                                + " in each home: remove DROP SCHEMA, CREATE SCHEMA and ALTER SCHEMA … RENAME")));
        boundary.foreignObjects().forEach((script, objects) -> {
            if (!boundary.isAllowed(script)) {
                findings.add(Finding.error(
                        "leaves-schema",
                        script,
                        null,
                        "it reaches outside the tenant's schema: " + String.join(", ", objects)
                                + "; a worker does not start with it: use no names of schemas, make shared objects once by"
                                + " hand, or name a released script in databases." + database + ".allow"));
            }
        });
    }

    /**
     * What scripts of tenants' own databases make or change outside of these: the next tenant meets it.
     *
     * @param tenant of the scratch home: what has this in its name is the tenant's own
     * @param statements of each script
     */
    void sharedByDatabases(BoundaryFindings boundary, String tenant, Map<String, List<String>> statements) {
        boundary.foreignObjects().forEach((script, objects) -> {
            List<String> shared = objects.stream()
                    .filter(name -> !name.contains(tenant)
                            && !OF_ONE_DATABASE.matcher(name).lookingAt())
                    .toList();
            if (!shared.isEmpty()) {
                boolean fails = statements.getOrDefault(script, List.of()).stream()
                        .map(ScriptCheck::withoutComments)
                        .anyMatch(bare -> ONCE_A_SERVER.matcher(bare).find());
                String sentence = "it makes or changes what all databases of the server share: "
                        + String.join(", ", shared) + "; the same script meets it for the next tenant"
                        + (fails ? ", and fails" : "")
                        + ": make it once by hand, ask whether it is there, or write ${tenant}"
                        + " into its name";
                findings.add(
                        fails && !findings.isPast(script)
                                ? Finding.error("leaves-database", script, null, sentence)
                                : Finding.warning("leaves-database", script, null, sentence));
            }
        });
    }

    void plans(List<RefusedPlan> refused, Map<String, NonTransactionalScript> outside) {
        for (RefusedPlan plan : refused) {
            if (plan.reason() instanceof PlanRefusal.Different) {
                findings.add(Finding.warning(
                        "plan-differs",
                        plan.script(),
                        null,
                        "workers apply it by Flyway, which is slower: "
                                + plan.reason().sentence()));
            } else if (!(plan.reason() instanceof PlanRefusal.Follows) && !outside.containsKey(plan.script())) {
                findings.add(Finding.note(
                        "no-plan",
                        plan.script(),
                        "workers apply it by Flyway, which is slower: "
                                + plan.reason().sentence()));
            }
        }
    }

    /** What the texts show. */
    void texts(
            List<Migration> migrations,
            Map<String, List<String>> statements,
            Map<String, NonTransactionalScript> outside,
            Function<String, StatementLines> lines) {
        for (Migration migration : migrations) {
            String script = migration.script();
            @Nullable NonTransactionalScript alone = outside.get(script);
            if (alone == null) {
                endsItsTransaction(script, statements.getOrDefault(script, List.of()), lines);
            } else {
                runsAgain(alone);
            }
        }
    }

    private void endsItsTransaction(String script, List<String> statements, Function<String, StatementLines> lines) {
        StatementLines ofScript = lines.apply(script);
        for (String statement : StatementLines.split(statements).toList()) {
            @Nullable Integer line = ofScript.next(statement);
            if (ScriptCheck.endsTransaction(statement)) {
                findings.add(Finding.warning(
                        "ends-its-transaction",
                        script,
                        line,
                        "it ends its transaction itself: if it fails later, the first part stays, and the next try begins"
                                + " from its start; leave BEGIN and COMMIT to Flyway"));
                return;
            }
        }
    }

    private void runsAgain(NonTransactionalScript script) {
        if (!script.canRunAgain()) {
            findings.add(Finding.warning(
                    "cannot-run-again",
                    script.script(),
                    null,
                    "it runs outside a transaction and has "
                            + script.statements().size()
                            + " statements, which cannot be run again if one of them fails: put each into a script of its"
                            + " own, or write IF NOT EXISTS"));
        }
        if (script.leavesUnknownIndexes()) {
            findings.add(Finding.warning(
                    "index-without-name",
                    script.script(),
                    null,
                    "it makes an index CONCURRENTLY without giving it a name: a failed try leaves an invalid index that the"
                            + " next try does not find; give the index a name"));
        }
    }
}

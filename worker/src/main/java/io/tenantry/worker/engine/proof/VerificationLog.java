package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.snapshot.Difference;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the results of verifications: the warnings, and one line for each script without a plan. */
public final class VerificationLog {
    private static final Logger LOG = LoggerFactory.getLogger(VerificationLog.class);
    private static final int MOST_DIFFERENCES = 3;

    private final String database;
    private final int migrations;

    /**
     * For one database of the configuration.
     *
     * @param migrations how many migrations its catalog has
     */
    public VerificationLog(String database, int migrations) {
        this.database = database;
        this.migrations = migrations;
    }

    /** Logs all that the verification has found. */
    public void write(PlanVerification verification) {
        verification.warnings().forEach(this::warn);
        if (verification instanceof PlanVerification.Tried tried) {
            LOG.info(
                    "database {}: {} of {} migrations are applied by plan, those of new tenants {}; tried out in {} ms",
                    database,
                    tried.plans().steps().size(),
                    migrations,
                    tried.plans().atOnce() ? "in one transaction" : "one by one",
                    tried.took().toMillis());
        }
        verification.plans().outside().values().forEach(this::warn);
        if (verification instanceof PlanVerification.Tried tried) {
            tried.refused()
                    .forEach(refused -> LOG.info(
                            "database {}: {} goes through Flyway: {}",
                            database,
                            refused.script(),
                            reason(refused, tried.plans().outside().containsKey(refused.script()))));
        }
    }

    private static String reason(RefusedPlan refused, boolean isOutsideTransaction) {
        String reason = reason(refused.reason());
        if (!refused.isPlannedInNewHomes()) {
            return reason;
        }
        return reason
                + (isOutsideTransaction
                        ? "; new homes are made without its CONCURRENTLY"
                        : "; its plan is used in new homes only");
    }

    private static String reason(PlanRefusal refusal) {
        if (refusal instanceof PlanRefusal.Unsuitable unsuitable) {
            return unsuitable.reason();
        }
        if (refusal instanceof PlanRefusal.Follows follows) {
            return "it cannot be tried out without " + follows.script() + " before it";
        }
        PlanRefusal.Different different = (PlanRefusal.Different) refusal;
        int shown = Math.min(different.differences().size(), MOST_DIFFERENCES);
        int more = different.differences().size() - shown + different.more();
        List<String> lines = new ArrayList<>();
        for (Difference difference : different.differences().subList(0, shown)) {
            lines.add(difference.text("plan", "Flyway"));
        }
        return "its plan leaves something else than Flyway"
                + (different.withRows() ? " where there are rows: " : ": ")
                + String.join("; ", lines)
                + (more > 0 ? " and " + more + " more" : "");
    }

    private void warn(VerificationWarning warning) {
        if (warning instanceof VerificationWarning.NotTried notTried) {
            LOG.warn(
                    "database {}: plans could not be tried out ({}); all migrations go through Flyway, which is slower",
                    database,
                    firstLine(notTried.failure()),
                    isExpected(notTried.failure()) ? null : notTried.failure());
        } else if (warning instanceof VerificationWarning.NotRead notRead) {
            LOG.warn("database {}: its scripts could not be read beforehand", database, notRead.failure());
        } else if (warning instanceof VerificationWarning.SentTooMuch tooMuch) {
            LOG.warn("database {}: {}; the trial began again, and ended before it", database, tooMuch.reason());
        } else if (warning instanceof VerificationWarning.ObserversUnknown unknown) {
            LOG.warn(
                    "database {}: the functions that read the messages of scripts could not be searched for ({}); all"
                            + " migrations go through Flyway, which is slower",
                    database,
                    unknown.reason());
        } else if (warning instanceof VerificationWarning.ScriptFails fails) {
            warn(fails.error());
        } else if (warning instanceof VerificationWarning.ReachesOutside reaches) {
            LOG.warn(
                    "database {}: {} reaches outside the tenant's schema: {}; databases.{}.allow names it, so every new"
                            + " tenant does that again",
                    database,
                    reaches.script(),
                    String.join(", ", reaches.objects()),
                    database);
        } else if (warning instanceof VerificationWarning.ReplacesMark mark) {
            LOG.warn(
                    "database {}: {} sets the comment of the tenant's schema, which is the mark that says whose it is; the"
                            + " mark is put back after the script, so the comment is lost: put it on a table instead",
                    database,
                    mark.script());
        } else if (warning instanceof VerificationWarning.RowsNotTried rows) {
            LOG.warn(
                    "database {}: {} were not all tried with sample rows ({}); they keep the plans that were proven"
                            + " without rows",
                    database,
                    rows.scripts(),
                    rows.reason());
        }
    }

    private void warn(ResultError failure) {
        LOG.warn(
                "database {}: {}{} ({}); it will fail for new tenants too: correct it",
                database,
                failure.message(),
                failure.line() == null ? "" : " (line " + failure.line() + ")",
                failure.sqlState());
    }

    private void warn(NonTransactionalScript script) {
        if (!script.canRunAgain()) {
            LOG.warn(
                    "database {}: {} runs outside a transaction and has {} statements, which cannot be run again when one"
                            + " of them fails: put each into a script of its own, or write IF NOT EXISTS",
                    database,
                    script.script(),
                    script.statements().size());
        }
        if (script.leavesUnknownIndexes()) {
            LOG.warn(
                    "database {}: {} makes an index CONCURRENTLY without giving it a name: a try that is broken off leaves"
                            + " an invalid one that the next does not find; drop it by hand then, or give it a name",
                    database,
                    script.script());
        }
    }

    private static boolean isExpected(Exception failure) {
        return failure instanceof SQLException || failure instanceof FlywayException;
    }

    private static String firstLine(Exception failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}

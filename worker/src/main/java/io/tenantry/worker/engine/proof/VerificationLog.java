package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the warnings and results of verifications, with one line for each script without a plan. */
public final class VerificationLog {
    private static final Logger LOG = LoggerFactory.getLogger(VerificationLog.class);

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

    /** Logs the result. Its warnings are logged before, by {@link #warn(VerificationWarning)}. */
    public void write(PlanVerification verification) {
        if (verification instanceof PlanVerification.Tried tried) {
            LOG.info(
                    "database {}: {} of {} migrations are applied by plan, those of new tenants {}; the trial took {} ms",
                    database,
                    tried.plans().steps().size(),
                    migrations,
                    tried.plans().atOnce() ? "in one transaction" : "one by one",
                    tried.took().toMillis());
        }
        verification.plans().outside().values().forEach(this::warn);
        if (verification instanceof PlanVerification.Tried tried) {
            tried.refused()
                    .forEach(refused -> log(refused, tried.plans().outside().containsKey(refused.script())));
        }
    }

    private void log(RefusedPlan refused, boolean isOutsideTransaction) {
        String inNewHomes = isOutsideTransaction
                ? "; new homes are made without its CONCURRENTLY"
                : "; its plan is used in new homes only";
        LOG.info(
                "database {}: {} goes through Flyway: {}{}",
                database,
                refused.script(),
                refused.reason().sentence(),
                refused.isPlannedInNewHomes() ? inNewHomes : "");
    }

    /** Logs a warning of a verification; the start may be refused afterwards. */
    public void warn(VerificationWarning warning) {
        LOG.warn("database {}: {}", database, warning.sentence(database), trace(warning));
    }

    /** A failure whose stack trace is logged, because it is a fault of this program; null if there is none. */
    private static @Nullable Exception trace(VerificationWarning warning) {
        if (warning instanceof VerificationWarning.NotRead notRead) {
            return notRead.failure();
        }
        return warning instanceof VerificationWarning.NotTried notTried && !isExpected(notTried.failure())
                ? notTried.failure()
                : null;
    }

    private static boolean isExpected(Exception failure) {
        return failure instanceof SQLException || failure instanceof FlywayException;
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
                    "database {}: {} makes an index CONCURRENTLY without giving it a name: a failed try leaves an invalid"
                            + " index that the next try does not find; give the index a name, or drop it by hand after a"
                            + " failure",
                    database,
                    script.script());
        }
    }
}

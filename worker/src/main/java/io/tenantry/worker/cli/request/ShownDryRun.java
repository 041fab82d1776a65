package io.tenantry.worker.cli.request;

import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.engine.Preview;
import io.tenantry.worker.engine.flyway.PendingScript;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.home.DryRun;
import io.tenantry.worker.operator.home.HomePlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code migrate --dry-run}. */
final class ShownDryRun {
    private final Invocation invocation;
    private final Output output;
    private int homes;
    private int failing;

    ShownDryRun(Invocation invocation) {
        this.invocation = invocation;
        this.output = invocation.output();
    }

    /**
     * A home as JSON.
     *
     * @param scripts null if the request would fail before it runs any
     * @param error null if nothing is known against it
     */
    private record Line(
            @Nullable String tenant,
            @Nullable String database,
            @Nullable String server,
            @Nullable String location,
            @Nullable String version,
            @Nullable List<PendingScript> scripts,
            @Nullable List<String> callbacks,
            @Nullable ResultError error) {
        static Line of(HomePlan plan) {
            Preview preview = plan.preview();
            Preview.Scripts pending = preview instanceof Preview.Scripts scripts ? scripts : null;
            ResultError error = preview instanceof Preview.Refused refused ? refused.error() : plan.error();
            var home = plan.home();
            return new Line(
                    plan.tenant(),
                    plan.database(),
                    home == null ? null : home.server(),
                    home == null ? null : home.location(),
                    preview == null ? null : preview.version(),
                    pending == null ? null : pending.scripts(),
                    pending == null ? null : pending.callbacks(),
                    error);
        }
    }

    /** Shows all; the exit status. */
    int show(List<MigrationRequested> requests) throws OperationFailedException, InvalidSettingsException {
        if (!output.isJson()) {
            output.block(PlanText.HEAD.stripTrailing());
        }
        new DryRun(invocation.access()).of(requests, output::note, this::show);
        output.note("dry run: " + homes + (homes == 1 ? " home" : " homes") + ", " + failing
                + " of them would fail; nothing was written and no request was sent. Whether scripts run by plan or by"
                + " Flyway is the worker's to decide");
        return failing == 0 ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private void show(HomePlan plan) {
        homes++;
        failing += plan.fails() ? 1 : 0;
        if (output.isJson()) {
            output.json(Line.of(plan));
        } else {
            output.block(PlanText.of(plan));
        }
    }
}

package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.step.StepResult;
import io.tenantry.worker.telemetry.Meters;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepTimerTest {
    private static final ResultError ERROR = ResultError.of(ErrorCode.LOCATION_TAKEN, "taken");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final StepTimer timer = new StepTimer(new Meters(registry).requests());

    @Test
    void tellsWhetherAStepHadSomethingToDo() throws SQLException {
        timer.step("claim", StepResult.Done::new);
        timer.step("claim", StepResult.AlreadyDone::new);
        timer.step("claim", () -> new StepResult.Migrated("1", "1", List.of(), null));
        timer.step("claim", () -> new StepResult.Migrated("1", "2", List.of("2"), null));
        timer.step("claim", () -> StepResult.Refused.of(ERROR));
        timer.step("claim", () -> new StepResult.NotYet("1", ERROR));

        assertThat(count("claim", "done")).isEqualTo(2);
        assertThat(count("claim", "already-done")).isEqualTo(2);
        assertThat(count("claim", "refused")).isEqualTo(1);
        assertThat(count("claim", "not-yet")).isEqualTo(1);
    }

    @Test
    void tellsHowTheFastPathEnded() throws SQLException {
        timer.fastPath(() -> new PlanOutcome.Done(new MigrationResult.Migrated("1", "2", List.of("2"), null), null));
        timer.fastPath(() -> new PlanOutcome.Done(new MigrationResult.Migrated("2", "2", List.of(), null), null));
        timer.fastPath(() -> new PlanOutcome.Done(new MigrationResult.Failed("1", "1", List.of(), ERROR), null));
        timer.fastPath(PlanOutcome.Busy::new);
        timer.fastPath(PlanOutcome.None::new);

        for (String outcome : List.of("done", "already-done", "refused", "busy", "no-plan")) {
            assertThat(count("fast-path", outcome)).as(outcome).isEqualTo(1);
        }
    }

    @Test
    void anExceptionIsMeasuredToo() {
        SQLException failure = new SQLException("away");

        assertThatThrownBy(() -> timer.step("claim", () -> {
                    throw failure;
                }))
                .isSameAs(failure);

        assertThat(count("claim", "failed")).isEqualTo(1);
    }

    private long count(String step, String outcome) {
        return registry.get("tenantry.step")
                .tags("step", step, "outcome", outcome)
                .timer()
                .count();
    }
}

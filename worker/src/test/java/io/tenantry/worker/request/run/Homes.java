package io.tenantry.worker.request.run;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.Secret;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.postgres.home.LockedHome;
import io.tenantry.worker.postgres.home.LockedHomes;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.request.HomeWork;
import io.tenantry.worker.step.FastPath;
import io.tenantry.worker.step.Step;
import io.tenantry.worker.step.StepResult;
import io.tenantry.worker.telemetry.Meters;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Homes of tenant acme, worked on by steps that do what the test says. */
final class Homes {
    static final ResultError FAILURE = ResultError.of(ErrorCode.MIGRATION_FAILED, "syntax error");

    private Homes() {}

    /** One that never connects: nothing is at its address. */
    static Server server(String name) {
        return new Server(
                new ServerSettings(name, "jdbc:postgresql://127.0.0.1:1/none", "nobody", Secret.EMPTY, 2),
                new SessionTimeouts(Duration.ofSeconds(2), Duration.ZERO),
                "test");
    }

    static TenantHome home(String database) {
        return new TenantHome("acme", database, "main", "tenant_acme", Isolation.SCHEMA);
    }

    static HomeRun run(Server server, String database, Step... steps) {
        return run(server, database, new VersionTracker(), steps);
    }

    static HomeRun run(Server server, String database, VersionTracker tracker, Step... steps) {
        return run(server, database, session -> new PlanOutcome.None(), null, tracker, steps);
    }

    /** @param registeredAt when the registry's version was seen; null if that is not known */
    static HomeRun run(
            Server server,
            String database,
            FastPath fastPath,
            @Nullable Instant registeredAt,
            VersionTracker tracker,
            Step... steps) {
        return new HomeRun(
                new HomeWork(home(database), server, null, fastPath, List.of(steps), tracker),
                registeredAt,
                new Meters(new SimpleMeterRegistry()).requests());
    }

    static LockedHome locked() {
        return LockedHomes.withoutDatabase(home("users"));
    }

    static LockedHome lockedAt(Instant time) {
        return LockedHomes.withoutDatabase(home("users"), time);
    }

    /** One that is done with, as its one step says. */
    static HomeRun done(Server server, String database, StepResult result) throws SQLException {
        HomeRun run = run(server, database, new FakeStep(result));
        run.runSteps(locked());
        return run;
    }

    /** Says what it was given, one after the other. */
    static final class FakeStep implements Step {
        private final Queue<Object> answers = new ArrayDeque<>();
        private int runs;

        /** @param answers results, or exceptions to be thrown */
        FakeStep(Object... answers) {
            this.answers.addAll(List.of(answers));
        }

        int runs() {
            return runs;
        }

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public StepResult run(LockedHome home) throws SQLException {
            runs++;
            Object answer = answers.remove();
            if (answer instanceof SQLException failure) {
                throw failure;
            }
            return (StepResult) answer;
        }
    }
}

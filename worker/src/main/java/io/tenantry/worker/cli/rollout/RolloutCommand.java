package io.tenantry.worker.cli.rollout;

import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.cli.rollout.text.Advice;
import java.util.function.Supplier;
import picocli.CommandLine.Parameters;

/** A command for one rollout. */
abstract class RolloutCommand extends OperatorCommand {
    @Parameters(paramLabel = "NAME", description = "The rollout.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String name;

    RolloutCommand(Environment environment) {
        super(environment);
    }

    /** The name of the rollout. */
    final String name() {
        return name;
    }

    static Advice advice(Invocation invocation) {
        return new Advice(invocation.next());
    }

    /** What the options say; a value that cannot be used is the user's mistake. */
    final <T> T checked(Supplier<T> options) {
        try {
            return options.get();
        } catch (IllegalArgumentException wrong) {
            throw usage(String.valueOf(wrong.getMessage()));
        }
    }
}

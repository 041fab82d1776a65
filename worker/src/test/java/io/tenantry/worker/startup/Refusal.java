package io.tenantry.worker.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.CommandResult;
import io.tenantry.worker.scenario.Deployment;
import java.util.List;

/** How a worker says that it cannot start. */
final class Refusal {
    private Refusal() {}

    /** Runs a worker, and returns the faults that it reports when it ends: the report is all there is to see. */
    static List<String> of(Deployment deployment) {
        CommandResult worker = deployment.command("run");
        return faults(worker.status(), worker.output());
    }

    /** The same with a process of its own. */
    static List<String> ofProcess(Deployment deployment) {
        AppProcess worker = deployment.startProcess("run");
        return faults(worker.awaitExit(), worker.output());
    }

    private static List<String> faults(int status, List<String> output) {
        assertThat(status).isEqualTo(2);
        assertThat(output)
                .noneMatch(line -> line.startsWith("\tat ") || line.contains("Exception"))
                .noneMatch(line -> line.contains(" joins group "));
        int headline = output.indexOf("tenantry: the worker cannot start:");
        assertThat(headline).as("the report in %s", output).isNotNegative();
        List<String> faults = output.subList(headline + 1, output.size());
        assertThat(faults).isNotEmpty().allMatch(line -> line.startsWith("  "));
        return faults.stream().map(String::strip).toList();
    }
}

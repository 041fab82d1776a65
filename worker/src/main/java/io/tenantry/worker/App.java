package io.tenantry.worker;

import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.NextCommand;
import io.tenantry.worker.cli.ProcessSignals;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.telemetry.CommandLog;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The entry point of {@code tenantry.jar}: runs the commands, and handles signals. */
public final class App {
    private static final Logger LOG = LoggerFactory.getLogger(App.class);
    /** EX_SOFTWARE of sysexits.h: the process is broken and should be replaced. */
    private static final int BROKEN = 70;

    private App() {}

    /** Ends the process with the command's exit status. */
    public static void main(String[] arguments) {
        System.exit(Commands.of(Environment.ofProcess(CommandLog::toStandardError, new EndSignals()), App::run)
                .execute(arguments));
    }

    /** Runs a command in a process that may run others, and leaves the log as it is; returns its exit status. */
    public static int execute(String... arguments) {
        return Commands.of(Environment.ofProcess(() -> {}, ProcessSignals.NONE), App::run)
                .execute(arguments);
    }

    private static int run(Settings settings, NextCommand next) {
        Thread.setDefaultUncaughtExceptionHandler(App::uncaught);
        Worker worker = new Worker(settings, App::stopAtOnce);
        Thread onSignal = new Thread(worker::close, "on-signal");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            List<String> faults = worker.run();
            if (!faults.isEmpty()) {
                System.err.println("tenantry: the worker cannot start:");
                faults.forEach(fault -> System.err.println("  " + next.completed(fault)));
                return ExitStatus.UNUSABLE;
            }
            return ExitStatus.DONE;
        } catch (RuntimeException bug) {
            LOG.error("the worker ends because of a bug; other workers read again what is not settled", bug);
            return BROKEN;
        } catch (Error broken) {
            stopAtOnce(broken);
            throw broken;
        }
    }

    /** For threads of libraries, for example the pools'. The worker's own threads handle their errors themselves. */
    private static void uncaught(Thread thread, Throwable thrown) {
        if (thrown instanceof OutOfMemoryError || thrown instanceof LinkageError) {
            stopAtOnce((Error) thrown);
        } else {
            LOG.error("thread {} ended; this is a bug", thread.getName(), thrown);
        }
    }

    /**
     * Ends the process at once: after such an error nothing is reliable, not even an orderly end. What is not settled
     * is read again.
     */
    private static void stopAtOnce(Error error) {
        try {
            LOG.error("the worker stops at once", error);
        } finally {
            Runtime.getRuntime().halt(BROKEN);
        }
    }
}

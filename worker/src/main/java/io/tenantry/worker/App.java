package io.tenantry.worker;

import io.tenantry.worker.cli.Action;
import io.tenantry.worker.cli.CommandLines;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.intake.Topics;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.KafkaException;
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
        System.exit(execute(arguments));
    }

    /** Runs a command, and returns its exit status. */
    public static int execute(String... arguments) {
        String version =
                Objects.requireNonNullElse(App.class.getPackage().getImplementationVersion(), "(not from its jar)");
        return CommandLines.of(version, App::run, App::topics).execute(arguments);
    }

    private static int run(Settings settings) {
        Thread.setDefaultUncaughtExceptionHandler(App::uncaught);
        Worker worker = new Worker(settings, App::stopAtOnce);
        Thread onSignal = new Thread(worker::close, "on-signal");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            List<String> faults = worker.run();
            if (!faults.isEmpty()) {
                return report("the worker cannot start:", faults);
            }
            return 0;
        } catch (RuntimeException bug) {
            LOG.error("the worker ends because of a bug; other workers read again what is not settled", bug);
            return BROKEN;
        } catch (Error broken) {
            stopAtOnce(broken);
            throw broken;
        }
    }

    private static int topics(Settings settings) {
        try (Topics topics = new Topics(settings.kafka())) {
            topics.create().forEach(System.out::println);
            List<String> faults = topics.faults();
            return faults.isEmpty() ? 0 : report("the topics cannot be used:", faults);
        } catch (Topics.TopicsException failure) {
            return report("the topics cannot be created:", List.of("kafka: cannot " + failure.getMessage()));
        } catch (KafkaException invalid) {
            return report(
                    "the topics cannot be created:",
                    List.of("kafka: " + invalid.getMessage() + "; check kafka.bootstrap-servers and kafka.properties"));
        }
    }

    private static int report(String what, List<String> faults) {
        System.err.println("tenantry: " + what);
        faults.forEach(fault -> System.err.println("  " + fault));
        return Action.UNUSABLE;
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

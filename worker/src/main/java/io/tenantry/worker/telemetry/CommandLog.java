package io.tenantry.worker.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.LoggerFactory;

/** The log of a command whose output is data. */
public final class CommandLog {
    private CommandLog() {}

    /**
     * Sends what the log writes to standard output to standard error, warnings and errors only, for the rest of this
     * process. A logging library other than Logback is left as it is.
     */
    public static void toStandardError() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)
                    .iteratorForAppenders()
                    .forEachRemaining(appender -> {
                        if (appender instanceof ConsoleAppender<ILoggingEvent> console) {
                            redirect(console);
                        }
                    });
        }
    }

    private static void redirect(ConsoleAppender<ILoggingEvent> console) {
        ThresholdFilter filter = new ThresholdFilter();
        filter.setLevel(Level.WARN.toString());
        filter.setContext(console.getContext());
        filter.start();
        console.stop();
        console.clearAllFilters();
        console.addFilter(filter);
        console.setTarget("System.err");
        console.start();
    }
}

package io.tenantry.worker.stack;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What one class logs, with the fields that its thread had then, from when this is made until it is closed. */
public final class CapturedLog implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(30);

    private final Logger logger;
    private final @Nullable Level before;
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            // Reads the fields on the thread that logs.
            event.prepareForDeferredProcessing();
            events.add(event);
        }
    };

    /** @param level from which on it is captured */
    public CapturedLog(Class<?> of, Level level) {
        // While another thread initializes SLF4J, it hands out stand-ins.
        Await.until(
                LONGEST_START, "Logback is there", () -> LoggerFactory.getILoggerFactory() instanceof LoggerContext);
        this.logger = (Logger) LoggerFactory.getLogger(of);
        this.before = logger.getLevel();
        logger.setLevel(level);
        logger.setAdditive(false);
        appender.start();
        logger.addAppender(appender);
    }

    public List<ILoggingEvent> events() {
        return List.copyOf(events);
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setAdditive(true);
        logger.setLevel(before);
    }
}

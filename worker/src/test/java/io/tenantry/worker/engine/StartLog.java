package io.tenantry.worker.engine;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** What starts in this thread say about scripts, from when this is made until it is closed. */
public final class StartLog implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger(Migrator.class.getPackageName());
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    public StartLog() {
        appender.start();
        logger.addAppender(appender);
    }

    public List<String> lines() {
        return events().map(ILoggingEvent::getFormattedMessage).toList();
    }

    public List<String> warnings() {
        return events().filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private Stream<ILoggingEvent> events() {
        String thread = Thread.currentThread().getName();
        return List.copyOf(appender.list).stream()
                .filter(event -> event.getThreadName().equals(thread));
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
    }
}

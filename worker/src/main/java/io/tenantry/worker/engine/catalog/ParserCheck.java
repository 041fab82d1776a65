package io.tenantry.worker.engine.catalog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.internal.parser.ParsingContext;
import org.flywaydb.core.internal.sqlscript.ParserSqlScript;
import org.flywaydb.database.postgresql.PostgreSQLParser;
import org.jspecify.annotations.Nullable;

/**
 * Parses every script once with Flyway's parser, before anything else needs the result. Each script has its own thread;
 * a parser that makes no progress is abandoned.
 */
public final class ParserCheck {
    /** Reads a script to its end. */
    interface Parser {
        /**
         * Reads all of it.
         *
         * @throws FlywayException if it cannot
         */
        void read(LoadableResource script, @Nullable LoadableResource configuration);
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** Of Flyway itself; their values do not matter here. */
    private static final List<String> FLYWAY_PLACEHOLDERS =
            List.of("defaultSchema", "user", "database", "timestamp", "workingDirectory", "table", "environment");

    private static final Pattern NUMBERED_PARAMETER = Pattern.compile("\\$\\d");

    private final Parser parser;
    private final LongSupplier nanoTime;
    private final Duration lookEvery;
    private final Map<String, String> unreadable = new LinkedHashMap<>();
    private final List<String> endless = new ArrayList<>();

    /** @param lookEvery how long to wait between two looks at a parser's progress */
    ParserCheck(Parser parser, LongSupplier nanoTime, Duration lookEvery) {
        this.parser = parser;
        this.nanoTime = nanoTime;
        this.lookEvery = lookEvery;
    }

    /**
     * Reads all scripts, callbacks among them.
     *
     * @param placeholders what a tenant's would be called
     * @return why Flyway cannot read a script, by its name; every tenant would fail at it
     * @throws MigrationsRefusedException if Flyway's parser never gets through a script; the message names all such scripts
     */
    static Map<String, String> of(Scripts scripts, Map<String, String> placeholders) {
        Configuration configuration = Flyway.configure().placeholders(placeholders);
        ParserCheck check = new ParserCheck(
                (script, ofScript) -> parsed(configuration, script, ofScript).validate(), System::nanoTime, LOOK_EVERY);
        scripts.names().stream()
                .filter(name -> !ScriptName.hasSuffix(name, ScriptName.CONFIGURATION_SUFFIX))
                .forEach(name -> check.read(scripts, name));
        return check.outcome();
    }

    /** What Flyway's parser makes of a script without a database; it reads when it is asked. */
    public static ParserSqlScript parsed(
            Configuration configuration, LoadableResource script, @Nullable LoadableResource ofScript) {
        ParsingContext context = new ParsingContext();
        FLYWAY_PLACEHOLDERS.forEach(name -> context.getPlaceholders().put("flyway:" + name, name));
        return new ParserSqlScript(
                new PostgreSQLParser(configuration, context), script, ofScript, configuration.isMixed());
    }

    /** What {@link #read} has found; see {@link #of}. */
    Map<String, String> outcome() {
        if (endless.isEmpty()) {
            return unreadable;
        }
        throw new MigrationsRefusedException(String.join("; ", endless)
                + ": Flyway's parser never gets through it, so no tenant would ever be migrated;"
                + " end the rows of a COPY FROM STDIN with a line \\.");
    }

    void read(Scripts scripts, String name) {
        String text = scripts.text(name);
        ScriptReader reader = new ScriptReader(text);
        LoadableResource script = Scripts.script(name, reader);
        @Nullable LoadableResource configuration = scripts.getResource(name + ScriptName.CONFIGURATION_SUFFIX);
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        parser.read(script, configuration);
                        done.complete(null);
                    } catch (Throwable failure) {
                        done.completeExceptionally(failure);
                    }
                },
                "parser of " + name);
        thread.setDaemon(true);
        thread.start();
        Optional<Throwable> failure = await(done, reader, thread);
        failure.ifPresent(found -> judge(name, text, found));
    }

    private void judge(String name, String text, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ScriptReader.EndlessException) {
                endless.add(UnreadableScript.of(failure)
                        .map(script -> name + " (line " + script.line() + ")")
                        .orElse(name));
                return;
            }
        }
        unreadable.put(name, reason(text, failure));
    }

    /** Empty if the parser came to the end of the script; else what it has thrown. */
    private Optional<Throwable> await(CompletableFuture<Void> done, ScriptReader reader, Thread thread) {
        int position = -1;
        long since = nanoTime.getAsLong();
        while (true) {
            try {
                done.get(lookEvery.toNanos(), TimeUnit.NANOSECONDS);
                return Optional.empty();
            } catch (ExecutionException failure) {
                Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                if (cause instanceof Error error && !(error instanceof StackOverflowError)) {
                    throw error;
                }
                return Optional.of(cause);
            } catch (TimeoutException notYet) {
                long now = nanoTime.getAsLong();
                if (reader.position() > position) {
                    position = reader.position();
                    since = now;
                } else if (now - since >= PATIENCE.toNanos()) {
                    reader.abandon();
                    thread.interrupt();
                    return Optional.of(new ScriptReader.EndlessException());
                }
            } catch (InterruptedException stopped) {
                reader.abandon();
                Thread.currentThread().interrupt();
                throw new MigrationsRefusedException("reading the scripts was interrupted", stopped);
            }
        }
    }

    private static String reason(String text, Throwable failure) {
        String reason = UnreadableScript.of(failure)
                .map(UnreadableScript::reason)
                .orElseGet(() -> failure instanceof FlywayException
                        ? UnreadableScript.inOneLine(String.valueOf(failure.getMessage()))
                        : "its parser fails");
        return reason.startsWith("Incomplete statement")
                        && NUMBERED_PARAMETER.matcher(text).find()
                ? reason + "; Flyway takes $1 for the beginning of a quote: give the parameters names"
                : reason;
    }
}

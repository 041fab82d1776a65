package io.tenantry.worker.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Limits what the server may send to this thread, from now until this is closed. Bytes are counted by {@link GatedSocket}
 * as they come, before the driver makes objects of them. What is over the limit breaks the connection: the rest of the
 * message cannot be passed over. Whether the script was committed is unknown then. For use by one thread.
 */
public final class ReceiveLimit implements AutoCloseable {
    private static final ThreadLocal<@Nullable ReceiveLimit> CURRENT = new ThreadLocal<>();
    private static final long LONGEST_WAIT_SECONDS = 10;

    private final ReceiveBudget budget;
    private final Connection connection;
    private final @Nullable ReceiveLimit outer;
    private String script = "";
    /** Whether the results of a message are kept until the script ends. */
    private boolean keepsAll;

    private boolean reading;
    private long received;
    private boolean isLarge;
    private boolean exceeded;

    private ReceiveLimit(ReceiveBudget budget, Connection connection) {
        this.budget = budget;
        this.connection = connection;
        this.outer = CURRENT.get();
    }

    /** Begins to count for this thread. */
    static ReceiveLimit begin(ReceiveBudget budget, Connection connection) {
        ReceiveLimit limit = new ReceiveLimit(budget, connection);
        CURRENT.set(limit);
        return limit;
    }

    /**
     * Counts from 0: what was received before is not in memory any more.
     *
     * @param name of the script that begins
     * @param sum whether to sum up over its messages, because their results are all kept; else each is counted by itself
     */
    public void next(String name, boolean sum) {
        script = name;
        keepsAll = sum;
        forget();
    }

    /** The name of the script that began last; empty if none did. */
    public String script() {
        return script;
    }

    /** Whether more than the limit was sent. The connection is broken then. */
    public boolean exceeded() {
        return exceeded;
    }

    /** For people: what happened to the script, and what to do. */
    public String explanation() {
        return "it sends more than " + budget.most() / 1024
                + " KiB of rows and notices to the worker, which would have to keep"
                + " them in memory: it was stopped. Call functions by PERFORM in a DO block instead of SELECT, return no"
                + " rows, and raise fewer notices";
    }

    /** Counts nothing until the result is closed: what is read meanwhile is not a script's. */
    public static Pause pause() {
        @Nullable ReceiveLimit current = CURRENT.get();
        CURRENT.remove();
        return () -> {
            if (current != null) {
                CURRENT.set(current);
            }
        };
    }

    /** While nothing is counted. */
    public interface Pause extends AutoCloseable {
        @Override
        void close();
    }

    /** This thread has read so many bytes from a server. */
    static void received(int bytes) throws IOException {
        @Nullable ReceiveLimit limit = CURRENT.get();
        if (limit != null) {
            limit.count(bytes);
        }
    }

    /** This thread sends something: after an answer that begins a new message. */
    static void sent() {
        @Nullable ReceiveLimit limit = CURRENT.get();
        if (limit != null && limit.reading) {
            limit.reading = false;
            if (!limit.keepsAll) {
                limit.forget();
            }
        }
    }

    private void count(int bytes) throws IOException {
        reading = true;
        received += bytes;
        if (received > budget.most()) {
            exceeded = true;
            throw stop(explanation());
        }
        if (received > budget.small() && !isLarge) {
            awaitTurn();
        }
    }

    /** The server waits meanwhile, since nobody reads what it sends. */
    private void awaitTurn() throws IOException {
        try {
            isLarge = budget.large().tryAcquire(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!isLarge) {
            throw stop("too many scripts send much at the same time; it is tried again later");
        }
    }

    /** Without a cancel the server would go on, and hold the tenant's locks, until it notices that nobody listens. */
    private IOException stop(String why) {
        ReceiveLimitException failure = new ReceiveLimitException(why);
        // The cancel goes over a connection of its own.
        try (Pause unused = pause()) {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException | RuntimeException unreachable) {
            failure.addSuppressed(unreachable);
        }
        return failure;
    }

    private void forget() {
        received = 0;
        if (isLarge) {
            isLarge = false;
            budget.large().release();
        }
    }

    @Override
    public void close() {
        forget();
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }
}

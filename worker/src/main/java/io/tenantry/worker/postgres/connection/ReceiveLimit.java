package io.tenantry.worker.postgres.connection;

import io.tenantry.worker.postgres.ReceiveLimitException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Limits what the server may send to this thread until this object is closed. {@link GatedSocket} counts the bytes as
 * they arrive, before the driver creates objects from them. Exceeding the limit breaks the connection, because the rest
 * of the message cannot be skipped; whether the script was committed is then unknown. For use by one thread.
 */
public final class ReceiveLimit implements AutoCloseable {
    private static final ThreadLocal<@Nullable ReceiveLimit> CURRENT = new ThreadLocal<>();

    private final ReceiveBudget budget;
    private final Connection connection;
    private final @Nullable ReceiveLimit outer;
    private String script = "";
    /** Whether the results of a message are kept until the script ends. */
    private boolean keepsAll;

    private boolean reading;
    /** Bytes of earlier messages whose results are kept. */
    private long kept;
    /** Bytes since the last message was sent. */
    private long received;
    /** How much of that may be the replies to statements that return nothing. */
    private long expected;

    private boolean isLarge;
    private boolean reserved;
    private boolean exceeded;
    private boolean hadNoTurn;

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
     * Counts from 0: earlier results are not in memory any more.
     *
     * @param name of the script that begins
     * @param sum whether to sum up over its messages, because their results are all kept; else each is counted by
     *     itself
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

    /**
     * Whether the connection is broken because too many scripts received much at the same time. Next time, {@link
     * #reserve} a turn first.
     */
    public boolean hadNoTurn() {
        return hadNoTurn;
    }

    /**
     * Takes a turn for a script that may receive much, until this is closed; false if there is none now. Does not wait.
     */
    public boolean reserve() {
        isLarge = isLarge || budget.large().tryAcquire();
        reserved = isLarge;
        return reserved;
    }

    /** Whether the connection is broken for either reason. */
    public boolean isStopped() {
        return exceeded || hadNoTurn;
    }

    /** For people: what happened to the script, and what to do. */
    public String explanation() {
        if (hadNoTurn) {
            return "it sends much to the worker at a time when other scripts do so too: it was stopped, so that there is"
                    + " memory for all. Try again later";
        }
        return "it sends more than " + budget.most() / 1024
                + " KiB of rows and notices to the worker, which would have to keep"
                + " them in memory: it was stopped. Call functions by PERFORM in a DO block instead of SELECT, return no"
                + " rows, and raise fewer notices";
    }

    /** Counts nothing until the result is closed: what is read until then does not come from a script. */
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

    /** This thread has read something from a server; so many bytes of it count. */
    static void received(int bytes) throws IOException {
        @Nullable ReceiveLimit limit = CURRENT.get();
        if (limit != null) {
            limit.count(bytes);
        }
    }

    /**
     * This thread sends something: after an answer that begins a new message.
     *
     * @param encrypted whether all bytes of the answer will count. So many as are sent do not count then: a statement
     *     is about as long as the reply that says that it is done.
     */
    static void sent(int bytes, boolean encrypted) {
        @Nullable ReceiveLimit limit = CURRENT.get();
        if (limit != null) {
            limit.send(encrypted ? bytes : 0);
        }
    }

    private void send(int notCounted) {
        if (reading) {
            reading = false;
            if (keepsAll) {
                kept = counted();
                received = 0;
                expected = 0;
            } else {
                forget();
            }
        }
        expected = Math.min(expected + notCounted, budget.most());
    }

    private long counted() {
        return kept + Math.max(0, received - expected);
    }

    private void count(int bytes) throws IOException {
        reading = true;
        received += bytes;
        if (counted() > budget.most()) {
            exceeded = true;
            throw stop(explanation());
        }
        if (counted() > budget.small() && !isLarge) {
            awaitTurn();
        }
    }

    /** The server waits too, since this thread does not read what it sends. */
    private void awaitTurn() throws IOException {
        try {
            isLarge = budget.large().tryAcquire(budget.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!isLarge) {
            hadNoTurn = true;
            throw stop(explanation());
        }
    }

    /**
     * Without a cancel the server would go on, and hold the tenant's locks, until it notices that its client is gone.
     */
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
        kept = 0;
        received = 0;
        expected = 0;
        if (isLarge && !reserved) {
            isLarge = false;
            budget.large().release();
        }
    }

    @Override
    public void close() {
        reserved = false;
        forget();
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }
}
